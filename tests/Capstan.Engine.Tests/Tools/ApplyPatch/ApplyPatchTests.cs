using System.Runtime.Versioning;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;
using Capstan.Engine.Permissions;
using Capstan.Engine.Tools;
using Xunit;

namespace Capstan.Engine.Tests.Tools.ApplyPatch;

public sealed class ApplyPatchTests : ToolTest
{
    private const string Code = "class A\n{\n    int One()\n    {\n        return 1;\n    }\n\n    int Two()\n    {\n        return 1;\n    }\n}\n";

    private Task<ToolResult> PatchAsync(params string[] lines) =>
        RunAsync("apply_patch", new() { ["patchText"] = $"*** Begin Patch\n{string.Join('\n', lines)}\n*** End Patch" });

    private async Task<string> FailAsync(params string[] lines) =>
        (await Assert.ThrowsAsync<ToolException>(() => PatchAsync(lines))).Message;

    private async Task<string> UpdateAsync(string before, params string[] lines)
    {
        Put("f", before);
        await PatchAsync(["*** Update File: f", .. lines]);
        return Text("f");
    }

    [Fact]
    public async Task Files_are_added_updated_moved_and_deleted_by_one_patch()
    {
        Put("a.txt", "one\ntwo\nthree\n");
        Put("old.txt", "x\n");
        Put("gone.txt", "y\nz\n");

        var result = await PatchAsync(
            "*** Add File: deep/new.txt", "+alpha", "+beta", "*** Update File: a.txt", "@@", " one", "-two", "+TWO", "*** Update File: old.txt",
            "*** Move to: deep/moved.txt", "@@", "-x", "+X", "*** Delete File: gone.txt");

        Assert.Equal("alpha\nbeta\n", Text("deep/new.txt"));
        Assert.Equal("one\nTWO\nthree\n", Text("a.txt"));
        Assert.Equal("X\n", Text("deep/moved.txt"));
        Assert.Equal(["a.txt", "deep"], Directory.GetFileSystemEntries(Root).Select(Path.GetFileName).Order());
        Assert.Equal("Success. Updated the following files:\nA deep/new.txt\nM a.txt\nM deep/moved.txt\nD gone.txt", result.Output);
        Assert.Equal(result.Output, result.Title);
        Assert.Equal(
            [($"{Root}/deep/new.txt", false), ($"{Root}/a.txt", true), ($"{Root}/deep/moved.txt", false)], Context.Changes);
        Assert.Equal([$"{Root}/old.txt", $"{Root}/gone.txt"], Context.Removals);
        Assert.Equal(1, Context.Effects);
    }

    [Fact]
    public async Task The_result_has_the_shape_that_clients_read()
    {
        Put("a", "1\n2\n");
        var result = await PatchAsync("*** Update File: a", "*** Move to: b", "@@", "-1", "+one");

        var patch = $"Index: {Root}/a\n{new string('=', 67)}\n--- {Root}/a\n+++ {Root}/a\n@@ -1,2 +1,2 @@\n-1\n+one\n 2\n";
        var files = new JsonArray(new JsonObject
        {
            ["filePath"] = $"{Root}/a", ["relativePath"] = "b", ["type"] = "move", ["patch"] = patch, ["additions"] = 1, ["deletions"] = 1,
            ["movePath"] = $"{Root}/b",
        });
        var expected = new JsonObject
        {
            ["diff"] = patch + "\n", ["files"] = files, ["diagnostics"] = new JsonObject(), ["truncated"] = false,
        };
        Assert.True(JsonNode.DeepEquals(expected, result.Metadata), result.Metadata.ToJsonString());
        var ask = Assert.Single(Context.Asks);
        Assert.Equal("edit", ask.Permission);
        // A rule about the place where a file goes counts as much as one about the place where it was.
        Assert.Equal(["a", "b"], ask.Patterns);
        Assert.Equal(["*"], ask.Always);
        Assert.Equal("a, b", (string?)ask.Metadata["filepath"]);
        Assert.Equal(patch + "\n", (string?)ask.Metadata["diff"]);
        Assert.True(JsonNode.DeepEquals(files, ask.Metadata["files"]));
    }

    [Theory]
    [InlineData("1\n2\n3\n", "1\ntwo\n3\n", "-2", "+two")]
    [InlineData("1\n2\n3\n", "one\n2\nthree\n", "@@", "-1", "+one", "@@", "-3", "+three")]
    [InlineData("1\n2\n", "1\n2\n3\n", "@@", "+3")]
    [InlineData("1\n2\n", "1\n1.5\n2\n", "@@ 1", "+1.5")]
    [InlineData("x\na\nx\n", "x\na\ny\n", "@@", "-x", "+y", "*** End of File")]
    [InlineData("x\na\nb\n", "y\na\nb\n", "@@", "-x", "+y", "*** End of File")]
    [InlineData("a\n\nb\n", "a\n\nc\n", "@@", " a", "", "-b", "+c")]
    [InlineData("a\nb\n", "A\nB\n", "@@", "-a", "+A", "", "@@", "-b", "+B", "")]
    [InlineData("a\nb", "a\nc\n", "@@", "-b", "+c")]
    [InlineData("a\r\nb\r\n", "a\r\nc\r\nd\r\n", "@@", " a", "-b", "+c", "+d")]
    [InlineData("a\r\nb", "a\r\nb\r\nc\r\n", "@@", "+c")]
    [InlineData("a\n", "", "@@", "-a")]
    public async Task Chunks_change_the_lines_that_they_name(string before, string after, params string[] lines) =>
        Assert.Equal(after, await UpdateAsync(before, lines));

    [Theory]
    [InlineData("a  \nk  \n", "b\nk  \n", "-a", "+b", " k")]
    [InlineData("\t a\nc\n", "b\nc\n", "-a", "+b")]
    [InlineData("it\u2019s \u2013 \u201Cx\u201D\u00A0\u2026\n", "b\n", "-it's - \"x\" ...", "+b")]
    // What is there exactly comes before what is only alike.
    [InlineData(" a\na\n", " a\nb\n", "-a", "+b")]
    public async Task Lines_are_found_although_blanks_and_typography_differ_and_lines_that_stay_are_not_touched(
        string before, string after, params string[] lines) => Assert.Equal(after, await UpdateAsync(before, ["@@", .. lines]));

    [Theory]
    [InlineData("@@ int Two()")]
    [InlineData("@@ class A", "@@     int Two()")]
    public async Task Anchors_say_which_of_several_places_is_meant(params string[] anchors)
    {
        var after = await UpdateAsync(Code, [.. anchors, "     {", "-        return 1;", "+        return 2;"]);
        Assert.Equal(Code.LastIndexOf("1;", StringComparison.Ordinal), after.IndexOf("2;", StringComparison.Ordinal));
        Assert.Equal(Code.Length, after.Length);
    }

    [Theory]
    [InlineData("cat <<'EOF'\n*** Begin Patch\n*** Add File: n\n+x\n*** End Patch\nEOF\n")]
    [InlineData("*** Begin Patch\r\n*** Add File: n\r\n+x\r\n*** End Patch\r\n")]
    [InlineData("\n*** Begin Patch\n\n*** Add File: n\n+x\n\n*** End Patch")]
    public async Task What_is_around_a_patch_and_between_its_files_does_not_matter(string patch)
    {
        await RunAsync("apply_patch", new() { ["patchText"] = patch });
        Assert.Equal("x\n", Text("n"));
    }

    [Fact]
    public async Task A_patch_can_be_about_a_file_with_a_patch_in_it()
    {
        Assert.Equal("*** End Patch\n*** Delete File: g\n+\n", await UpdateAsync("*** End Patch\n*** Delete File: f\n", "@@", " *** End Patch", "-*** Delete File: f", "+*** Delete File: g", "++"));
    }

    [Theory]
    [InlineData("Line 4 of the patch: every line of a new file begins with `+`", "*** Add File: n", "+x", "y")]
    [InlineData("Line 4 of the patch: every line of a chunk begins", "*** Update File: f", "@@", "one", "-two")]
    [InlineData("Line 3 of the patch: every line of a chunk begins", "*** Update File: f", "*** Rename to: g")]
    [InlineData("Line 2 of the patch: there are no changes for f", "*** Update File: f")]
    [InlineData("Line 2 of the patch: expected", "*** Rename File: f")]
    [InlineData("Line 2 of the patch: a path is missing", "*** Delete File: ")]
    [InlineData("The patch ends too early: a chunk needs lines", "*** Update File: f", "@@ one")]
    [InlineData("Line 4 of the patch: a chunk needs lines", "*** Update File: f", "@@ one", "*** End of File")]
    [InlineData("The patch is empty")]
    public async Task A_line_that_means_nothing_is_an_error_that_names_it(string problem, params string[] lines)
    {
        Put("f", "one\ntwo\n");
        Assert.StartsWith(problem, await FailAsync(lines), StringComparison.Ordinal);
        Assert.Empty(Context.Asks);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*** Begin Patch\n*** Add File: n\n+x")]
    [InlineData("*** Add File: n\n+x\n*** End Patch")]
    [InlineData("*** End Patch\n*** Begin Patch")]
    public async Task What_is_no_patch_is_refused(string text) => Assert.StartsWith(
        "This is no patch.",
        (await Assert.ThrowsAsync<ToolException>(() => RunAsync("apply_patch", new() { ["patchText"] = text }))).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("does not have these lines", "*** Update File: f", "@@", "-nine", "+x")]
    [InlineData("does not have these lines after its line 2", "*** Update File: f", "@@", "-two", "+2", "@@", "-one", "+1")]
    [InlineData("does not have these lines", "*** Update File: f", "@@ nowhere", "-one", "+x")]
    [InlineData("The file to update does not exist", "*** Update File: nope", "@@", "-one", "+x")]
    [InlineData("The file to delete does not exist", "*** Delete File: nope")]
    [InlineData("The file to delete does not exist", "*** Delete File: f", "*** Delete File: f")]
    [InlineData("cannot be moved to", "*** Update File: f", "*** Move to: g")]
    [InlineData("it is a directory", "*** Update File: d", "@@", "-one", "+x")]
    [InlineData("it is a directory", "*** Delete File: d")]
    [InlineData("it is a directory", "*** Add File: d", "+x")]
    [InlineData("not UTF-8 text", "*** Update File: latin", "@@", "-one", "+x")]
    [InlineData("symbolic link", "*** Delete File: link")]
    [InlineData("symbolic link", "*** Update File: link", "*** Move to: elsewhere")]
    public async Task Nothing_of_a_patch_is_applied_that_cannot_be_applied_as_a_whole(string problem, params string[] lines)
    {
        Put("f", "one\ntwo\n");
        Put("g", "g\n");
        Put("d/x", "");
        await File.WriteAllBytesAsync(Path.Combine(Root, "latin"), [.. "one\n"u8, 0xE9], Cancel);
        File.CreateSymbolicLink(Path.Combine(Root, "link"), "f");

        Assert.Contains(problem, await FailAsync(["*** Add File: first", "+x", .. lines]), StringComparison.Ordinal);

        Assert.Equal(["d", "f", "g", "latin", "link"], Directory.GetFileSystemEntries(Root).Select(Path.GetFileName).Order());
        Assert.Equal("one\ntwo\n", Text("f"));
        Assert.Equal("g\n", Text("g"));
        Assert.Equal(0, Context.Effects);
        Assert.Empty(Context.Changes);
        Assert.Empty(Context.Asks);
    }

    [Fact]
    public async Task A_file_that_is_named_twice_has_both_changes()
    {
        Put("f", "one\ntwo\n");
        Put("g", "g\n");
        await PatchAsync("*** Update File: f", "@@", "-one", "+1", "*** Update File: ./f", "@@", "-two", "+2");
        Assert.Equal("1\n2\n", Text("f"));
        Assert.Equal([($"{Root}/f", true)], Context.Changes);

        await PatchAsync("*** Delete File: g", "*** Update File: f", "*** Move to: g");
        Assert.Equal("1\n2\n", Text("g"));
        Assert.False(File.Exists(Path.Combine(Root, "f")));
    }

    [Fact]
    public async Task A_file_that_is_moved_to_where_it_is_stays()
    {
        Assert.Equal("2\n", await UpdateAsync("1\n", "*** Move to: ./f", "@@", "-1", "+2"));
        Assert.Empty(Context.Removals);
    }

    [Fact]
    public async Task A_file_that_is_replaced_shows_what_it_loses_and_keeps_its_mark()
    {
        await File.WriteAllTextAsync(Path.Combine(Root, "f"), "old\n", new System.Text.UTF8Encoding(true), Cancel);
        var result = await PatchAsync("*** Add File: f", "+new");
        Assert.Contains("-old\n+new\n", (string?)result.Metadata["diff"], StringComparison.Ordinal);
        Assert.Equal([0xEF, 0xBB, 0xBF, .. "new\n"u8], await File.ReadAllBytesAsync(Path.Combine(Root, "f"), Cancel));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_script_that_is_moved_can_still_be_executed()
    {
        File.SetUnixFileMode(Put("run.sh", "a\n"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await PatchAsync("*** Update File: run.sh", "*** Move to: bin/run.sh");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.Combine(Root, "bin/run.sh")));
    }

    [Fact]
    public async Task R11_directories_outside_are_asked_for_once_each_and_before_their_files_are_read()
    {
        await File.WriteAllTextAsync(Path.Combine(Outside, "secret"), "secret\n", Cancel);
        File.CreateSymbolicLink(Path.Combine(Root, "link"), Path.Combine(Outside, "secret"));
        Context.Answer = ask => ask.Permission == "external_directory" ? throw new PermissionRefusedException("no") : Task.CompletedTask;

        await Assert.ThrowsAsync<PermissionRefusedException>(
            () => PatchAsync("*** Update File: link", "@@", "-not there", "+x", $"*** Add File: {Outside}/b", "+x"));
        Assert.Equal([Outside + "/*"], Assert.Single(Context.Asks).Patterns);

        Context.Answer = _ => Task.CompletedTask;
        Context.Asks.Clear();
        await PatchAsync("*** Update File: link", "@@", "-secret", "+known", $"*** Add File: {Outside}/b", "+x");
        Assert.Equal(["external_directory", "edit"], Context.Asks.Select(ask => ask.Permission));
        Assert.Equal("known\n", await File.ReadAllTextAsync(Path.Combine(Outside, "secret"), Cancel));
    }

    [Fact]
    public async Task Nothing_is_written_when_the_patch_is_refused()
    {
        Put("f", "one\n");
        Context.Answer = _ => throw new PermissionRefusedException("no");
        await Assert.ThrowsAsync<PermissionRefusedException>(() => PatchAsync("*** Update File: f", "@@", "-one", "+1", "*** Add File: g", "+x"));
        Assert.Equal("one\n", Text("f"));
        Assert.Equal([Path.Combine(Root, "f")], Directory.GetFileSystemEntries(Root));
        Assert.Equal(0, Context.Effects);
    }

    [Fact]
    public async Task What_others_wrote_while_a_person_decided_is_kept()
    {
        Put("f", "one\ntwo\n");
        Context.Answer = _ =>
        {
            Put("f", "zero\none\ntwo\n");
            return Task.CompletedTask;
        };
        var result = await PatchAsync("*** Update File: f", "@@", "-two", "+2");
        Assert.Equal("zero\none\n2\n", Text("f"));
        Assert.Contains(" zero\n", (string?)result.Metadata["diff"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_effect_is_noted_before_the_first_change_and_nothing_stops_the_patch_from_there_on()
    {
        Put("f", "one\n");
        using var abort = new CancellationTokenSource();
        Context.OnEffect = () =>
        {
            Assert.Equal("one\n", Text("f"));
            abort.Cancel();
        };
        await RunAsync(
            "apply_patch", new() { ["patchText"] = "*** Begin Patch\n*** Delete File: f\n*** Add File: g\n+x\n*** End Patch" }, abort.Token);
        Assert.Equal([Path.Combine(Root, "g")], Directory.GetFileSystemEntries(Root));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_told_with_those_that_were()
    {
        Put("f", "one\n");
        var problem = await FailAsync("*** Update File: f", "@@", "-one", "+1", "*** Add File: f/below", "+x");
        Assert.Contains($"These files were changed already: {Root}/f", problem, StringComparison.Ordinal);
        Assert.Equal([($"{Root}/f", true)], Context.Changes);
    }

    [Fact]
    public async Task A_file_that_cannot_be_moved_is_not_lost()
    {
        Put("f", "one\n");
        Put("g", "g\n");
        await FailAsync("*** Update File: f", "*** Move to: g/below");
        Assert.Equal("one\n", Text("f"));
    }

    [Fact]
    public async Task Patches_of_the_same_files_in_other_orders_do_not_wait_for_each_other()
    {
        var tool = BuiltInTools.Create(TimeProvider.System).Single(one => one.Definition.ID == "apply_patch");
        Put("a", "0\n");
        Put("b", "0\n");
        var calls = Enumerable.Range(0, 40).Select(number => Task.Run(() => AddLineAsync(tool, number)));
        await Task.WhenAll(calls).WaitAsync(Cancel);
        Assert.Equal(41, Text("a").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(41, Text("b").Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Locks_of_several_files_are_taken_in_one_order_and_given_back()
    {
        var locks = new FileLocks();
        var a = await locks.EnterAsync("a", Cancel);
        // Waits for a, and so must not have taken b yet.
        var both = locks.EnterAllAsync(["b", "a", "b"], Cancel);
        Assert.False(both.IsCompleted);
        var b = locks.EnterAsync("b", Cancel);
        Assert.True(b.IsCompletedSuccessfully);
        (await b).Dispose();

        a.Dispose();
        (await both).Dispose();
        (await locks.EnterAsync("b", Cancel)).Dispose();

        a = await locks.EnterAsync("b", Cancel);
        using var abort = new CancellationTokenSource();
        var given = locks.EnterAllAsync(["a", "b"], abort.Token);
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        (await locks.EnterAsync("a", Cancel)).Dispose();
        a.Dispose();
    }

    [Fact]
    public async Task Lines_that_all_look_alike_do_not_hold_the_server_up()
    {
        Put("f", string.Concat(Enumerable.Repeat("x\n", 200_000)));
        var lines = Enumerable.Repeat(" x", 20_000);
        Assert.Contains("takes too long", await FailAsync(["*** Update File: f", "@@", .. lines, "-y"]), StringComparison.Ordinal);
    }

    private async Task AddLineAsync(ITool tool, int number)
    {
        var context = new RecordingContext
        {
            SessionID = "ses_1", MessageID = "msg_1", CallID = $"call_{number}", ProcessMark = "none", Agent = "build",
            Directory = Root, Worktree = Root, Limits = new ToolLimits(), OutputDirectory = Outside,
        };
        string[] names = number % 2 == 0 ? ["a", "b"] : ["b", "a"];
        var patch = $"*** Begin Patch\n{string.Concat(names.Select(name => $"*** Update File: {name}\n@@\n+{number}\n"))}*** End Patch";
        var input = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["patchText"] = patch });
        await tool.ExecuteAsync(input, context, Cancel);
    }
}
