using System.Text;
using System.Text.Json.Nodes;
using Capstan.Engine.Tools;
using Capstan.Engine.Tools.Edit;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

public sealed class EditToolTests : ToolTest
{
    private Task<ToolResult> EditAsync(string file, string old, string @new, bool all = false) => RunAsync(
        "edit", new() { ["filePath"] = file, ["oldString"] = old, ["newString"] = @new, ["replaceAll"] = all });

    private static string Replace(string content, string old, string @new, bool all) =>
        EditMatcher.Replace(content, old, @new, all, EditBudget.For(content, old, Cancel));

    [Fact]
    public async Task A_unique_text_is_replaced_and_the_result_shows_how()
    {
        var path = Put("hello.txt", "line one\nline two\nline three\n");
        var result = await EditAsync(path, "line two", "line 2");
        var patch = $"Index: {path}\n===================================================================\n--- {path}\n+++ {path}\n"
            + "@@ -1,3 +1,3 @@\n line one\n-line two\n+line 2\n line three\n";
        Assert.Equal("line one\nline 2\nline three\n", Text("hello.txt"));
        Assert.Equal(("hello.txt", "Edit applied successfully."), (result.Title, result.Output));
        Assert.True(JsonNode.DeepEquals(result.Metadata, new JsonObject
        {
            ["diagnostics"] = new JsonObject(),
            ["diff"] = patch,
            ["filediff"] = new JsonObject { ["file"] = path, ["patch"] = patch, ["additions"] = 1, ["deletions"] = 1 },
            ["truncated"] = false,
        }));
        var ask = Assert.Single(Context.Asks);
        Assert.Equal(("edit", "hello.txt", patch), (ask.Permission, Assert.Single(ask.Patterns), (string?)ask.Metadata["diff"]));
        Assert.Equal([(path, true)], Context.Changes);
    }

    [Theory]
    [InlineData("a\n  foo(x)  \nb\n", "foo(x)\nb", "bar", "a\nbar\n")] // line-trimmed
    [InlineData("if (a) {\n  one();\n  twoo(1);\n}\n", "if (a) {\n  one();\n  two(1);\n}", "x", "x\n")] // block anchor
    [InlineData("a  =\t b;\nc\n", "a = b;", "d;", "d;\nc\n")] // white space
    [InlineData("x(a  =\t b);\n", "a = b", "d", "x(d);\n")] // white space within a line
    [InlineData("\t\tif a:\n\t\t\tb\n", "if a:\n\tb", "pass", "pass\n")] // indentation
    [InlineData("say(\"a\tb\");\n", "say(\\\"a\\tb\\\");", "no();", "no();\n")] // escapes
    [InlineData("call(one)\n", "\n  call(two \n", "x", null)] // nothing of the sort
    [InlineData("z = call(one);\n", "  call(one)  ", "  call(two)  ", "z = call(two);\n")] // boundary
    [InlineData("begin\nsame\nother thing entirely\nend\n", "begin\nsame\nxxxxxxxxxxx\nend", "x", "x\n")] // context
    public void A_slip_of_one_kind_is_forgiven(string content, string old, string @new, string? expected)
    {
        if (expected is null)
            Assert.Throws<ToolException>(() => Replace(content, old, @new, false));
        else
            Assert.Equal(expected, Replace(content, old, @new, false));
    }

    [Theory]
    [InlineData("a a", "a")]
    [InlineData("  foo\n\tfoo\n", "foo ")]
    public void Two_places_are_never_guessed_between(string content, string old)
    {
        var error = Assert.Throws<ToolException>(() => Replace(content, old, "b", false));
        Assert.Contains("several places", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_occurrences_are_replaced_on_request() => Assert.Equal("b b b", Replace("a a a", "a", "b", true));

    [Fact]
    public void A_loose_match_that_is_far_larger_is_refused()
    {
        var line = new string(' ', 3000) + "b";
        Assert.Throws<ToolException>(() => Replace($"a\n{line}\nc\n", "a\nb\nc", "x", false));
    }

    [Fact]
    public async Task Line_endings_and_the_byte_order_mark_stay()
    {
        var path = Path.Combine(Root, "win.txt");
        await File.WriteAllTextAsync(path, "a\r\nb\r\nc\r\n", new UTF8Encoding(true), Cancel);
        await EditAsync("win.txt", "a\nb", "x\ny");
        Assert.Equal([0xEF, 0xBB, 0xBF, .. "x\r\ny\r\nc\r\n"u8], await File.ReadAllBytesAsync(path, Cancel));
    }

    [Fact]
    public async Task An_empty_old_text_creates_a_file_and_spares_one_that_exists()
    {
        var result = await EditAsync("new/file.txt", "", "  x\n    y");
        Assert.Equal("  x\n    y", Text("new/file.txt"));
        Assert.EndsWith(
            "@@ -0,0 +1,2 @@\n+x\n+  y\n\\ No newline at end of file\n", (string)result.Metadata["diff"]!, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToolException>(() => EditAsync("new/file.txt", "", "z"));
    }

    [Fact]
    public async Task What_cannot_be_edited_is_refused_with_a_reason()
    {
        Put("dir/a", "x");
        await File.WriteAllBytesAsync(Path.Combine(Root, "latin"), [0x61, 0xE9, 0x62], Cancel);
        foreach (var (file, old, @new) in new[] { ("dir/a", "x", "x"), ("none", "x", "y"), ("dir", "x", "y"), ("latin", "a", "y"), ("dir/a", "q", "y") })
            await Assert.ThrowsAsync<ToolException>(() => EditAsync(file, old, @new));
        Assert.Empty(Context.Changes);
    }

    [Fact]
    public async Task Edits_of_one_file_at_the_same_time_all_arrive()
    {
        Put("counted", string.Concat(Enumerable.Range(0, 40).Select(n => $"<{n}>\n")));
        var tool = BuiltInTools.Create(TimeProvider.System).Single(one => one.Definition.ID == "edit");
        var contexts = Enumerable.Range(0, 40).Select(n => Task.Run(
            () => new EditToolTestsCall(tool, Root, Outside).RunAsync("counted", $"<{n}>", $"[{n}]"), Cancel));
        await Task.WhenAll(contexts);
        Assert.Equal(string.Concat(Enumerable.Range(0, 40).Select(n => $"[{n}]\n")), Text("counted"));
    }

    [Fact]
    public void A_diff_joins_changes_that_are_near_and_parts_those_that_are_far()
    {
        var before = string.Concat(Enumerable.Range(1, 40).Select(n => $"{n}\n"));
        var after = before.Replace("\n3\n", "\nx\n", StringComparison.Ordinal).Replace("\n9\n", "\ny\n", StringComparison.Ordinal)
            .Replace("\n30\n", "\n", StringComparison.Ordinal);
        var diff = UnifiedDiff.Between("f", before, after);
        Assert.Equal((2, 3), (diff.Additions, diff.Deletions));
        Assert.Equal(
            ["@@ -1,13 +1,13 @@", "@@ -26,9 +26,8 @@"],
            diff.Patch.Split('\n').Where(line => line.StartsWith("@@", StringComparison.Ordinal)));
    }
}
