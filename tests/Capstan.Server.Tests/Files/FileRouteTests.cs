using System.Net;
using System.Text;
using System.Text.Json;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Files;

/// <summary>What clients see of the files of a workspace, and that they see no others (R11).</summary>
public sealed class FileRouteTests
{
    private static readonly byte[] Picture = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13];

    [Fact]
    public async Task A_directory_is_listed_with_its_directories_first_and_names_in_order()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string>
        {
            ["b.txt"] = "", ["A.txt"] = "", ["Zoo/x"] = "", ["apes/y"] = "", ["c.txt"] = "", [".hidden"] = "",
        });

        var nodes = await server.GetAsync("/file?path=");

        Assert.Equal([".git/", "apes/", "Zoo/", ".hidden", "A.txt", "b.txt", "c.txt", "opencode.json"], Strings(nodes, "path"));
        var apes = nodes[1];
        Assert.Equal(
            ("apes", server.Server.Workspace.PathOf("apes"), "directory", false),
            (Text(apes, "name"), Text(apes, "absolute"), Text(apes, "type"), apes.GetProperty("ignored").GetBoolean()));
        Assert.Equal("file", Text(nodes[4], "type"));
        Assert.Equal(["apes/y"], Strings(await server.GetAsync("/file?path=apes/"), "path"));
        Assert.Equal(["apes/y"], Strings(await server.GetAsync($"/file?path={server.Server.Workspace.PathOf("apes")}"), "path"));
    }

    [Fact]
    public async Task What_ignore_files_name_is_marked_and_so_is_all_that_is_in_it()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string>
        {
            [".gitignore"] = "*.log\n/out/\n", ["sub/.gitignore"] = "!keep.log\n",
        });
        foreach (var path in new[] { "a.log", "a.txt", "out/deep/file", "sub/keep.log", "sub/other.log" })
            server.Write(path, "x");

        Assert.Equal(["out/", "a.log", "opencode.json"], Ignored(await server.GetAsync("/file?path=.")));
        Assert.Equal(["sub/other.log"], Ignored(await server.GetAsync("/file?path=sub")));
        Assert.Equal(["out/deep/"], Ignored(await server.GetAsync("/file?path=out")));
        Assert.Equal(["out/deep/file"], Ignored(await server.GetAsync("/file?path=out/deep")));
    }

    [Fact]
    public async Task Links_are_not_listed_and_those_that_stay_inside_are_followed_when_they_are_named()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string> { ["real/file.txt"] = "the text\n" });
        server.Link("alias", "real");
        server.Link("name.txt", "real/file.txt");
        server.Link("out", server.Outside);

        Assert.Equal([".git/", "real/", "opencode.json"], Strings(await server.GetAsync("/file?path="), "path"));
        Assert.Equal(["alias/file.txt"], Strings(await server.GetAsync("/file?path=alias"), "path"));
        Assert.Equal("the text", Text(await server.GetAsync("/file/content?path=name.txt"), "content"));
        Assert.Equal("the text", Text(await server.GetAsync("/file/content?path=alias/../real/file.txt"), "content"));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../OUTSIDE")]
    [InlineData("../OUTSIDE/secret.txt")]
    [InlineData("/")]
    [InlineData("/etc/passwd")]
    [InlineData("ABSOLUTE/secret.txt")]
    [InlineData("directory")]
    [InlineData("directory/secret.txt")]
    [InlineData("file")]
    [InlineData("hop")]
    [InlineData("inner/../directory/secret.txt")]
    [InlineData("deep/link/../../OUTSIDE/secret.txt")]
    [InlineData("directory/../OUTSIDE/secret.txt")]
    [InlineData("/proc/self/root/etc/passwd")]
    public async Task A_path_that_leads_out_is_refused_wherever_the_way_out_is(string path)
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string> { ["inner/a"] = "", ["deep/b"] = "" });
        server.Link("directory", server.Outside);
        server.Link("file", Path.Combine(server.Outside, "secret.txt"));
        server.Link("hop", "file");
        server.Link("deep/link", server.Server.Workspace.PathOf("inner"));
        path = path.Replace("ABSOLUTE", server.Outside, StringComparison.Ordinal)
            .Replace("OUTSIDE", Path.GetFileName(server.Outside), StringComparison.Ordinal);

        foreach (var route in new[] { "/file", "/file/content" })
        {
            var message = await server.RefusedAsync($"{route}?path={Uri.EscapeDataString(path)}");
            Assert.Contains("leads out of the workspace's directory", message, StringComparison.Ordinal);
            Assert.EndsWith("at [\"path\"]", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_directory_whose_name_goes_on_from_the_workspaces_is_outside()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string> { ["work/a"] = "", ["work-secret/b"] = "secret" });
        using var client = server.Server.CreateClient(server.Server.Workspace.PathOf("work"));

        using var answer = await client.GetAsync(new Uri("/file/content?path=../work-secret/b", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_workspace_is_its_directory_not_the_checkout_around_it_and_may_be_named_by_a_link()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string> { ["sub/in.txt"] = "in", ["top.txt"] = "top" });
        var alias = Path.Combine(server.Outside, "alias");
        File.CreateSymbolicLink(alias, server.Server.Workspace.PathOf("sub"));

        foreach (var directory in new[] { server.Server.Workspace.PathOf("sub"), alias })
        {
            using var client = server.Server.CreateClient(directory);
            using var above = await client.GetAsync(new Uri("/file/content?path=../top.txt", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.BadRequest, above.StatusCode);
            var node = Assert.Single((await server.GetAsync("/file?path=", directory)).EnumerateArray());
            Assert.Equal(("in.txt", Path.Combine(directory, "in.txt")), (Text(node, "path"), Text(node, "absolute")));
            var real = Uri.EscapeDataString(server.Server.Workspace.PathOf("sub/in.txt"));
            Assert.Equal("in", Text(await server.GetAsync($"/file/content?path={real}", directory), "content"));
        }
    }

    [Fact]
    public async Task What_is_not_there_or_of_another_kind_is_said()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string> { ["a.txt"] = "x", ["d/b.txt"] = "y" });

        Assert.Contains("no such directory", await server.RefusedAsync("/file?path=none", HttpStatusCode.NotFound, "NotFoundError"), StringComparison.Ordinal);
        Assert.Contains("is a file", await server.RefusedAsync("/file?path=a.txt"), StringComparison.Ordinal);
        Assert.Contains("it is a directory", await server.RefusedAsync("/file/content?path=d"), StringComparison.Ordinal);
        Assert.Contains("Missing key", await server.RefusedAsync("/file"), StringComparison.Ordinal);
        Assert.Contains("Missing key", await server.RefusedAsync("/file/content"), StringComparison.Ordinal);
        Assert.Contains("NUL", await server.RefusedAsync("/file/content?path=a%00b"), StringComparison.Ordinal);
        await server.RefusedAsync("/file?path=" + new string('a', 5000));
        // As on OpenCode, a file that is not there reads as an empty one.
        Assert.Equal("""{"type":"text","content":""}""", (await server.GetAsync("/file/content?path=none.txt")).GetRawText());
    }

    [Fact]
    public async Task A_text_comes_without_the_blanks_around_it()
    {
        await using var server = await FilesServer.StartAsync();
        server.Write("blanks.txt", "\n\n  größer \"x\"\tand\n  more ¿\r\n\n");
        server.Write("mark.txt", [.. Encoding.UTF8.Preamble, .. "hi\n"u8]);
        server.Write("empty.txt", "");
        server.Write("blank.txt", " \n \n");

        Assert.Equal("größer \"x\"\tand\n  more ¿", Text(await server.GetAsync("/file/content?path=blanks.txt"), "content"));
        Assert.Equal("hi", Text(await server.GetAsync("/file/content?path=mark.txt"), "content"));
        Assert.Equal("", Text(await server.GetAsync("/file/content?path=empty.txt"), "content"));
        Assert.Equal("", Text(await server.GetAsync("/file/content?path=blank.txt"), "content"));
    }

    [Theory]
    [InlineData("picture.png", "image/png")]
    [InlineData("other.jpg", "image/jpeg")]
    [InlineData("paper.pdf", "application/pdf")]
    [InlineData("thing.unknown", "application/octet-stream")]
    public async Task What_is_no_text_comes_in_base64_with_the_type_that_its_name_says(string name, string type)
    {
        await using var server = await FilesServer.StartAsync();
        server.Write(name, Picture);

        var content = await server.GetAsync($"/file/content?path={name}");

        Assert.Equal(("binary", "base64", type), (Text(content, "type"), Text(content, "encoding"), Text(content, "mimeType")));
        Assert.Equal(Picture, content.GetProperty("content").GetBytesFromBase64());
    }

    [Fact]
    public async Task The_whole_of_a_file_says_whether_it_is_text()
    {
        await using var server = await FilesServer.StartAsync();
        var late = Encoding.UTF8.GetBytes(new string('a', 200_000) + "\0b");
        server.Write("late.txt", late);
        server.Write("latin.txt", [(byte)'c', (byte)'a', (byte)'f', 0xE9]);
        server.Write("half.txt", [(byte)'a', 0xC3]);

        Assert.Equal(late, (await server.GetAsync("/file/content?path=late.txt")).GetProperty("content").GetBytesFromBase64());
        Assert.Equal("binary", Text(await server.GetAsync("/file/content?path=latin.txt"), "type"));
        Assert.Equal("binary", Text(await server.GetAsync("/file/content?path=half.txt"), "type"));
    }

    [Fact]
    public async Task Files_of_many_pieces_come_whole()
    {
        await using var server = await FilesServer.StartAsync();
        // A character of three bytes lies across the border of each piece, whichever power of two its size is.
        var text = "x" + string.Concat(Enumerable.Repeat("€", 100_000)) + "y";
        server.Write("text.txt", $"\n{text}\n");
        var bytes = new byte[200_003];
        new Random(1).NextBytes(bytes);
        server.Write("data.bin", bytes);

        Assert.Equal(text, Text(await server.GetAsync("/file/content?path=text.txt"), "content"));
        Assert.Equal(bytes, (await server.GetAsync("/file/content?path=data.bin")).GetProperty("content").GetBytesFromBase64());
    }

    [Fact]
    public async Task A_file_of_more_than_32_MiB_is_refused()
    {
        await using var server = await FilesServer.StartAsync();
        using (var file = File.Create(server.Server.Workspace.PathOf("large")))
            file.SetLength((32 << 20) + 1);

        Assert.Contains("larger than 32 MiB", await server.RefusedAsync("/file/content?path=large"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipes_are_refused_at_once()
    {
        await using var server = await FilesServer.StartAsync();
        SpecialFile.Put(server.Server.Workspace.PathOf("pipe"), "pipe");

        Assert.Contains("a named pipe", await server.RefusedAsync("/file/content?path=pipe"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_directories_are_cut_after_10000_entries()
    {
        await using var server = await FilesServer.StartAsync();
        for (var i = 0; i < 10_001; i++)
            server.Write($"many/{i:00000}", "");
        server.Write("many/zz/last", "");

        var names = Strings(await server.GetAsync("/file?path=many"), "name");

        Assert.Equal((10_000, "zz", "09998"), (names.Count, names[0], names[^1]));
    }

    private static List<string> Ignored(JsonElement nodes) =>
        [.. nodes.EnumerateArray().Where(static node => node.GetProperty("ignored").GetBoolean()).Select(static node => Text(node, "path"))];

    private static List<string> Strings(JsonElement nodes, string name) => [.. nodes.EnumerateArray().Select(node => Text(node, name))];

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
