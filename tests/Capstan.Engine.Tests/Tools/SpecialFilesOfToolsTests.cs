using System.Text.Json.Nodes;
using Capstan.Engine.Tools;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

/// <summary>R9: a model that names a pipe, a device or a path without end gets an answer at once.</summary>
public sealed class SpecialFilesOfToolsTests : ToolTest
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    public static TheoryData<string, string> Calls
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var tool in (string[])["read", "write", "edit", "grep"])
            {
                foreach (var kind in SpecialFile.Kinds)
                    data.Add(tool, kind);
            }

            return data;
        }
    }

    private static JsonObject Input(string tool, string path) => tool switch
    {
        "read" => new() { ["filePath"] = path },
        "write" => new() { ["filePath"] = path, ["content"] = "x" },
        "edit" => new() { ["filePath"] = path, ["oldString"] = "a", ["newString"] = "b" },
        "bash" => new() { ["command"] = "true", ["workdir"] = path },
        _ => new() { ["pattern"] = "a", ["path"] = path },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task R9_A_pipe_and_a_device_are_refused_at_once(string tool, string kind)
    {
        SpecialFile.Put(Path.Combine(Root, "special"), kind);

        var error = await Assert.ThrowsAsync<ToolException>(() => Task.Run(() => RunAsync(tool, Input(tool, "special")), Cancel).WaitAsync(Bound, Cancel));

        Assert.Contains("regular file", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, Context.Effects);
        Assert.Empty(Context.Changes);
        // Nobody is asked whether a pipe may be changed.
        Assert.DoesNotContain(Context.Asks, ask => ask.Permission == "edit");
    }

    [Fact]
    public async Task A_search_passes_over_pipes_and_devices()
    {
        foreach (var kind in SpecialFile.Kinds)
            SpecialFile.Put(Path.Combine(Root, kind), kind);
        Put("file", "a\n");
        var result = await RunAsync("grep", new() { ["pattern"] = "a" }).WaitAsync(Bound, Cancel);
        Assert.StartsWith("Found 1 matches", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("write")]
    [InlineData("edit")]
    [InlineData("grep")]
    [InlineData("glob")]
    [InlineData("bash")]
    public async Task R9_A_path_of_fifty_thousand_segments_is_refused(string tool)
    {
        var path = string.Concat(Enumerable.Repeat("a/", 50_000));

        var error = await Assert.ThrowsAsync<ToolException>(() => RunAsync(tool, Input(tool, path)));

        Assert.Contains("4095 bytes at most", error.Message, StringComparison.Ordinal);
        Assert.InRange(error.Message.Length, 1, 500);
        Assert.Empty(Context.Asks);
    }

    [Theory]
    [InlineData("grep", "include")]
    [InlineData("glob", "pattern")]
    public async Task R9_A_glob_of_fifty_thousand_characters_is_refused(string tool, string argument)
    {
        var input = new JsonObject { ["pattern"] = "a" };
        input[argument] = string.Concat(Enumerable.Repeat("**/", 20_000));
        var error = await Assert.ThrowsAsync<ToolException>(() => RunAsync(tool, input));
        Assert.Contains("longer than 4096 characters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R9_An_expression_that_is_long_or_large_is_refused()
    {
        Put("file", "a\n");
        foreach (var pattern in new[] { string.Concat(Enumerable.Repeat("a.", 50_000)), "(((a{1,90}){1,90}){1,90}){1,90}", new string('(', 3000) + "a" + new string(')', 3000) })
            await Assert.ThrowsAsync<ToolException>(() => RunAsync("grep", new() { ["pattern"] = pattern }).WaitAsync(Bound, Cancel));
    }

    [Fact]
    public async Task R11_A_directory_that_is_swapped_for_a_link_right_before_the_write_is_not_followed()
    {
        Put("dir/file", "x");
        Context.OnEffect = () =>
        {
            Directory.Move(Path.Combine(Root, "dir"), Path.Combine(Root, "aside"));
            Directory.CreateSymbolicLink(Path.Combine(Root, "dir"), Outside);
        };

        var error = await Assert.ThrowsAsync<ToolException>(() => RunAsync("write", Input("write", "dir/file")));

        Assert.Contains("has become a symbolic link", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(Outside));
    }

    [Theory]
    [InlineData("write")]
    [InlineData("edit")]
    public async Task Links_within_the_workspace_are_written_through(string tool)
    {
        Put("real/file", "a");
        Directory.CreateSymbolicLink(Path.Combine(Root, "link"), "real");
        File.CreateSymbolicLink(Path.Combine(Root, "real", "alias"), "file");
        await RunAsync(tool, Input(tool, "link/alias"));
        Assert.Equal(tool == "write" ? "x" : "b", Text("real/file"));
        Assert.Equal("file", new FileInfo(Path.Combine(Root, "real", "alias")).LinkTarget);
    }

    [Fact]
    public async Task A_workspace_whose_directory_is_gone_is_not_brought_back_by_a_write()
    {
        Directory.Delete(Root);
        var error = await Assert.ThrowsAsync<ToolException>(() => RunAsync("write", Input("write", "new/file")));
        Assert.Contains("the workspace's directory is gone", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Root));
    }
}
