using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Testing.Servers;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R9, R12: a file that cannot be attached is a 400 with the reason, and what is attached is bounded in sum.</summary>
public sealed class R12_Attachments
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("pipe", "it is a named pipe, not a regular file")]
    [InlineData("endless", "it is a device, not a regular file")]
    [InlineData("missing", "no such file or directory")]
    [InlineData("below a file", "what is above it is not a directory")]
    [InlineData("circle", "a symbolic link is not followed here, or links lead in a circle")]
    [InlineData("long", "the path or a name in it is too long")]
    [InlineData("hole", "it is larger than 20 MiB")]
    [InlineData("NUL", "the url of the file holds a NUL character")]
    [InlineData("program", "is binary and cannot be attached as text/plain", "text/plain")]
    [InlineData("short?start=4", "The offset 4 is beyond the end of the file, which has 3 lines", "text/plain")]
    public async Task R12_A_file_that_cannot_be_attached_is_refused_with_the_reason(string kind, string reason, string? only = null)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var before = await server.EventCountAsync(Cancelled);
        var path = Make(Path.Combine(server.Directory, "attached"), kind);
        foreach (var mime in only is null ? ["text/plain", "image/png"] : new[] { only })
        {
            var (status, text) = await server.AskAsync(
                HttpMethod.Post, $"/session/{session}/message", Prompt(("file://" + path, mime)), Cancelled).WaitAsync(Bound, Cancelled);

            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains(reason, text, StringComparison.Ordinal);
            Assert.Contains("at [\\u0022parts\\u0022][0]", text.Replace("\\\"", "\\u0022", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        Assert.Equal(before, await server.EventCountAsync(Cancelled));
        Assert.Empty(server.Model.Calls);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/octet-stream")]
    public async Task R9_The_files_of_a_prompt_are_bounded_in_sum(string mime)
    {
        await using var server = await TestServer.StartAsync(
            new TestServerOptions
            {
                Environment = new Dictionary<string, string> { ["OPENCODE_CONFIG_CONTENT"] = """{"capstan":{"attachments":{"maxSum":20000}}}""" },
            },
            Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        server.Workspace.Write("part.txt", string.Concat(Enumerable.Repeat(new string('x', 49) + "\n", 100)));
        var url = "file://" + Path.Combine(server.Directory, "part.txt");

        var fits = await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", Prompt((url, mime), (url, mime)), Cancelled);
        var (status, text) = await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", Prompt([.. Enumerable.Repeat((url, mime), 4)]), Cancelled);

        Assert.Equal(HttpStatusCode.OK, fits.Status);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("more than 20000 bytes together (capstan.attachments.maxSum)", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R9_Line_numbers_and_data_in_the_address_count_too()
    {
        await using var server = await TestServer.StartAsync(
            new TestServerOptions
            {
                Environment = new Dictionary<string, string> { ["OPENCODE_CONFIG_CONTENT"] = """{"capstan":{"attachments":{"maxSum":20000,"maxFile":10000}}}""" },
            },
            Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        // With their numbers, the 2,000 lines that are shown are 13 KB; twice that is too much.
        server.Workspace.Write("lines.txt", new string('\n', 5000));
        server.Workspace.Write("large.txt", new string('x', 10_001));
        var lines = "file://" + Path.Combine(server.Directory, "lines.txt");
        foreach (var (url, problem) in new[]
        {
            ("data:text/plain," + new string('x', 15_000), "capstan.attachments.maxSum"),
            ("data:image/png;base64," + new string('A', 20_000), "capstan.attachments.maxSum"),
            ("file://" + Path.Combine(server.Directory, "large.txt"), "it is larger than 10000 bytes"),
        })
        {
            var (status, text) = await server.AskAsync(
                HttpMethod.Post, $"/session/{session}/message", Prompt((url, url.StartsWith("data:image", StringComparison.Ordinal) ? "image/png" : "text/plain")), Cancelled);
            Assert.Equal((HttpStatusCode.BadRequest, true), (status, text.Contains(problem, StringComparison.Ordinal)));
        }

        var twice = await server.AskAsync(
            HttpMethod.Post, $"/session/{session}/message", Prompt((lines, "text/plain"), (lines, "text/plain")), Cancelled);
        Assert.Equal((HttpStatusCode.BadRequest, true), (twice.Status, twice.Body.Contains("capstan.attachments.maxSum", StringComparison.Ordinal)));
        foreach (var part in new[] { "", "?start=10&end=20" })
        {
            var (answered, _) = await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", Prompt((lines + part, "text/plain")), Cancelled);
            Assert.Equal(HttpStatusCode.OK, answered);
        }
    }

    [Theory]
    [InlineData("one\ntwo\n", "", "1: one\n2: two\n\n(End of file - total 2 lines)")]
    [InlineData("one\r\ntwo", "", "1: one\n2: two\n\n(End of file - total 2 lines)")]
    [InlineData("\uFEFFa\u2028b\fc\rd\n", "", "1: a\u2028b\fc\rd\n\n(End of file - total 1 lines)")]
    [InlineData("", "", "\n\n(End of file - total 0 lines)")]
    [InlineData("1\n2\n3\n4\n", "?start=2&end=3", "2: 2\n3: 3\n\n(Showing lines 2-3 of 4. Use offset=4 to continue.)")]
    [InlineData("1\n2\n3\n", "?start=3&end=9", "3: 3\n\n(End of file - total 3 lines)")]
    [InlineData("1\n2\n3\n", "?start=2&end=1", "2: 2\n3: 3\n\n(End of file - total 3 lines)")]
    public async Task An_attached_text_reads_as_the_read_tool_shows_it(string content, string lines, string shown)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        server.Workspace.Write("attached.txt", content);
        var path = server.Workspace.PathOf("attached.txt");

        var texts = await AttachAsync(server, session, $"file://{path}{lines}", "text/plain");

        Assert.Equal($"<path>{path}</path>\n<type>file</type>\n<content>\n{shown}\n</content>", texts[^1]);
    }

    [Fact]
    public async Task R9_A_long_text_is_attached_up_to_the_limits_of_the_read_tool_and_says_how_it_goes_on()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        server.Workspace.Write("lines.txt", string.Concat(Enumerable.Repeat("x\n", 3000)));
        server.Workspace.Write("bytes.txt", string.Concat(Enumerable.Repeat(new string('z', 99) + "\n", 3000)));

        var lines = await AttachAsync(server, session, "file://" + server.Workspace.PathOf("lines.txt"), "text/plain");
        var bytes = await AttachAsync(server, session, "file://" + server.Workspace.PathOf("bytes.txt"), "text/plain");

        Assert.EndsWith("\n2000: x\n\n(Showing lines 1-2000 of 3000. Use offset=2001 to continue.)\n</content>", lines[^1], StringComparison.Ordinal);
        Assert.EndsWith("\n\n(Output capped at 50 KB. Showing lines 1-512. Use offset=513 to continue.)\n</content>", bytes[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attached_directory_is_listed_as_the_read_tool_lists_it()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        server.Workspace.Write("docs/inner/page.md", "");
        server.Workspace.Write("docs/a.md", "");
        var path = server.Workspace.PathOf("docs");

        var texts = await AttachAsync(server, session, "file://" + path, "application/x-directory");

        Assert.Equal($"<path>{path}</path>\n<type>directory</type>\n<entries>\na.md\ninner/\n\n(2 entries)\n</entries>", texts[^1]);
    }

    [Fact]
    public async Task An_image_that_is_called_text_is_attached_as_an_image()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var path = server.Workspace.PathOf("shot.png");
        File.WriteAllBytes(path, [0x89, (byte)'P', (byte)'N', (byte)'G', 0, 1]);

        await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", Prompt(("file://" + path, "text/plain")), Cancelled);

        var part = (await server.MessagesAsync(session, Cancelled))[0].GetProperty("parts").EnumerateArray().Single();
        Assert.Equal("image/png", part.GetProperty("mime").GetString());
        Assert.Equal("data:image/png;base64,iVBORwAB", part.GetProperty("url").GetString());
    }

    /// <summary>What the model was sent of a prompt that attaches one file, text by text.</summary>
    private static async Task<IReadOnlyList<string>> AttachAsync(TestServer server, string session, string url, string mime)
    {
        var (status, body) = await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", Prompt((url, mime)), Cancelled);
        Assert.True(status == HttpStatusCode.OK, body);
        var prompt = server.Model.Turns[^1].Body.GetProperty("messages").EnumerateArray().Last(static message => message.GetProperty("role").GetString() == "user");
        var content = prompt.GetProperty("content");
        return content.ValueKind == JsonValueKind.String
            ? [content.GetString()!]
            : [.. content.EnumerateArray().Select(static part => part.GetProperty("text").GetString()!)];
    }

    private static string Prompt(params (string Url, string Mime)[] files) => new JsonObject
    {
        ["parts"] = new JsonArray([.. files.Select(file => (JsonNode)new JsonObject { ["type"] = "file", ["mime"] = file.Mime, ["url"] = file.Url })]),
    }.ToJsonString();

    private static string Make(string path, string kind)
    {
        switch (kind)
        {
            case "missing":
                return path;
            case "below a file":
                File.WriteAllText(path, "x");
                return path + "/inner";
            case "circle":
                File.CreateSymbolicLink(path, path);
                return path;
            case "long":
                return path + new string('x', 300);
            case "NUL":
                return path + "%00";
            case "program":
                File.WriteAllBytes(path, [0x7F, (byte)'E', (byte)'L', (byte)'F', 0, 0, 0, 0]);
                return path;
            case "short?start=4":
                File.WriteAllText(path, "one\ntwo\nthree\n");
                return path + "?start=4";
            case "hole":
                using (var hole = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
                    RandomAccess.SetLength(hole, 1L << 40);
                return path;
            default:
                return SpecialFile.Put(path, kind);
        }
    }
}
