using System.Runtime.Versioning;
using System.Text;
using System.Text.Json.Nodes;
using Capstan.Engine.Tools;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

public sealed class ReadAndWriteToolTests : ToolTest
{
    private Task<ToolResult> ReadAsync(string file, int? offset = null, int? limit = null)
    {
        var input = new JsonObject { ["filePath"] = file };
        if (offset is { } first)
            input["offset"] = first;
        if (limit is { } most)
            input["limit"] = most;
        return RunAsync("read", input);
    }

    private Task<ToolResult> WriteAsync(string file, string content) =>
        RunAsync("write", new() { ["filePath"] = file, ["content"] = content });

    [Fact]
    public async Task A_file_is_shown_with_line_numbers()
    {
        var path = Put("hello.txt", "line one\nline two\nline three\n");
        var result = await ReadAsync(path);
        Assert.Equal(
            $"<path>{path}</path>\n<type>file</type>\n<content>\n1: line one\n2: line two\n3: line three\n\n"
            + "(End of file - total 3 lines)\n</content>", result.Output);
        Assert.Equal("hello.txt", result.Title);
        Assert.True(JsonNode.DeepEquals(result.Metadata, JsonNode.Parse($$"""
            {"preview":"line one\nline two\nline three","truncated":false,"loaded":[],"display":{"type":"file","path":"{{path}}",
            "text":"line one\nline two\nline three","lineStart":1,"lineEnd":3,"totalLines":3,"truncated":false} }
            """)));
        Assert.Equal(("read", "hello.txt"), (Context.Asks[0].Permission, Context.Asks[0].Patterns[0]));
    }

    [Theory]
    [InlineData("a\nb\nc\n", 2, 1, "2: b\n\n(Showing lines 2-2 of 3. Use offset=3 to continue.)")]
    [InlineData("a\r\nb", null, null, "1: a\n2: b\n\n(End of file - total 2 lines)")]
    [InlineData("", null, null, "\n\n(End of file - total 0 lines)")]
    [InlineData("\uFEFFa\n\n", null, null, "1: a\n2: \n\n(End of file - total 2 lines)")]
    [InlineData("a\n", 1, 0, "\n\n(Showing lines 1-0 of 1. Use offset=1 to continue.)")]
    public async Task A_part_of_a_file_says_how_to_go_on(string content, int? offset, int? limit, string shown)
    {
        Put("f", content);
        var result = await ReadAsync("f", offset, limit);
        Assert.Contains($"<content>\n{shown}\n</content>", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_lines_and_long_files_are_cut()
    {
        Put("long", new string('y', 2500) + "\nb\n" + new string('z', 300_000) + "\n");
        var lines = (await ReadAsync("long")).Output.Split('\n');
        Assert.Equal($"1: {new string('y', 2000)}... (line truncated to 2000 chars)", lines[3]);
        Assert.Equal("2: b", lines[4]);

        Put("big", string.Concat(Enumerable.Repeat(new string('z', 99) + "\n", 3000)));
        var big = await ReadAsync("big");
        Assert.Contains(
            "\n\n(Output capped at 50 KB. Showing lines 1-512. Use offset=513 to continue.)", big.Output, StringComparison.Ordinal);
        Assert.Equal(513, (long)big.Metadata["display"]!["totalLines"]!);
    }

    [Fact]
    public async Task A_directory_is_listed_in_order()
    {
        Put("b.txt", "");
        Put("a/x", "");
        Directory.CreateSymbolicLink(Path.Combine(Root, "c"), Path.Combine(Root, "a"));
        var result = await ReadAsync(".");
        Assert.Equal($"<path>{Root}</path>\n<type>directory</type>\n<entries>\na/\nb.txt\nc/\n\n(3 entries)\n</entries>", result.Output);
        Assert.True((bool)(await ReadAsync(".", 1, 2)).Metadata["truncated"]!);
    }

    [Fact]
    public async Task An_image_is_attached_and_other_binary_content_refused()
    {
        byte[] png = [0x89, (byte)'P', (byte)'N', (byte)'G', 1, 2, 0];
        await File.WriteAllBytesAsync(Path.Combine(Root, "i.png"), png, Cancel);
        var result = await ReadAsync("i.png");
        Assert.Equal("Image read successfully", result.Output);
        Assert.Equal(new ToolAttachment("image/png", "data:image/png;base64," + Convert.ToBase64String(png)), result.Attachments[0]);
        Put("nul", "a\0b");
        Assert.StartsWith(
            "Cannot read binary file: ", (await Assert.ThrowsAsync<ToolException>(() => ReadAsync("nul"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_missing_is_named_with_its_neighbours()
    {
        var path = Put("src/main.cs", "");
        var error = await Assert.ThrowsAsync<ToolException>(() => ReadAsync("src/main.c"));
        Assert.StartsWith($"File not found: {Root}/src/main.c\n", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(path, error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToolException>(() => ReadAsync(path, 9));
        await Assert.ThrowsAsync<ToolException>(() => ReadAsync("a\0b"));
    }

    [Fact]
    public async Task A_pipe_that_nobody_writes_to_holds_nothing_up()
    {
        await RunAsync("bash", new() { ["command"] = "mkfifo pipe" });
        await Assert.ThrowsAsync<ToolException>(() => ReadAsync("pipe"));
        Assert.Equal("No files found", (await RunAsync("grep", new() { ["pattern"] = "x" })).Output);
    }

    [Fact]
    public async Task A_new_file_is_written_with_its_directories()
    {
        var path = Path.Combine(Root, "deep/new.txt");
        var result = await WriteAsync("deep/new.txt", "alpha\n");
        Assert.Equal("Wrote file successfully.", result.Output);
        Assert.Equal("alpha\n", Text("deep/new.txt"));
        Assert.Equal("deep/new.txt", result.Title);
        Assert.Equal($$"""{"diagnostics":{},"filepath":"{{path}}","exists":false,"truncated":false}""", result.Metadata.ToJsonString());
        Assert.Equal([(path, false)], Context.Changes);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_replaced_file_keeps_its_mode_and_mark_and_leaves_nothing_beside_it()
    {
        var path = Put("run.sh", "");
        await File.WriteAllTextAsync(path, "old", new UTF8Encoding(true), Cancel);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await WriteAsync("run.sh", "new");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(path));
        Assert.Equal([0xEF, 0xBB, 0xBF, .. "new"u8], await File.ReadAllBytesAsync(path, Cancel));
        Assert.Equal([path], Directory.GetFileSystemEntries(Root));
        await Assert.ThrowsAsync<ToolException>(() => WriteAsync(".", "x"));
    }

    [Fact]
    public async Task A_task_list_is_replaced_and_shown()
    {
        var result = await RunAsync("todowrite", JsonNode.Parse(
            """{"todos":[{"content":"x","status":"pending","priority":"high"}]}""")!.AsObject());
        Assert.Equal("1 todos", result.Title);
        Assert.Equal(
            "[\n  {\n    \"content\": \"x\",\n    \"status\": \"pending\",\n    \"priority\": \"high\"\n  }\n]", result.Output);
        Assert.Equal(
            """{"todos":[{"content":"x","status":"pending","priority":"high"}],"truncated":false}""", result.Metadata.ToJsonString());
        Assert.Equal("x", Assert.Single(Context.Todos).Content);
    }
}
