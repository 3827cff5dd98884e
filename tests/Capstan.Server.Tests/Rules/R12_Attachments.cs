using System.Net;
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
    public async Task R12_A_file_that_cannot_be_attached_is_refused_with_the_reason(string kind, string reason)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var before = await server.LastEventAsync(Cancelled);
        var path = Make(Path.Combine(server.Directory, "attached"), kind);
        foreach (var mime in new[] { "text/plain", "image/png" })
        {
            var (status, text) = await server.AskAsync(
                HttpMethod.Post, $"/session/{session}/message", Prompt(("file://" + path, mime)), Cancelled).WaitAsync(Bound, Cancelled);

            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains(reason, text, StringComparison.Ordinal);
            Assert.Contains("at [\\u0022parts\\u0022][0]", text.Replace("\\\"", "\\u0022", StringComparison.Ordinal), StringComparison.Ordinal);
        }

        Assert.Equal(before, await server.LastEventAsync(Cancelled));
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
        server.Workspace.Write("part.txt", new string('x', 5000));
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
        server.Workspace.Write("lines.txt", new string('\n', 5000));
        server.Workspace.Write("large.txt", new string('x', 10_001));
        var lines = "file://" + Path.Combine(server.Directory, "lines.txt");
        foreach (var (url, problem) in new[]
        {
            (lines, "capstan.attachments.maxSum"),
            ("data:text/plain," + new string('x', 15_000), "capstan.attachments.maxSum"),
            ("data:image/png;base64," + new string('A', 20_000), "capstan.attachments.maxSum"),
            ("file://" + Path.Combine(server.Directory, "large.txt"), "it is larger than 10000 bytes"),
        })
        {
            var (status, text) = await server.AskAsync(
                HttpMethod.Post, $"/session/{session}/message", Prompt((url, url.StartsWith("data:image", StringComparison.Ordinal) ? "image/png" : "text/plain")), Cancelled);
            Assert.Equal((HttpStatusCode.BadRequest, true), (status, text.Contains(problem, StringComparison.Ordinal)));
        }

        var (answered, _) = await server.AskAsync(
            HttpMethod.Post, $"/session/{session}/message", Prompt((lines + "?start=10&end=20", "text/plain")), Cancelled);
        Assert.Equal(HttpStatusCode.OK, answered);
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
            case "hole":
                using (var hole = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
                    RandomAccess.SetLength(hole, 1L << 40);
                return path;
            default:
                return SpecialFile.Put(path, kind);
        }
    }
}
