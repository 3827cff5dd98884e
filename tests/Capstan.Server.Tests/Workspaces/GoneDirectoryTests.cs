using System.Net;
using System.Text.Json;
using Capstan.Testing.Servers;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Workspaces;

/// <summary>R12: a directory that is not there is said to be so, to whoever names it and to whoever prompts in it.</summary>
public sealed class GoneDirectoryTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("GET", "/session")]
    [InlineData("POST", "/session")]
    [InlineData("GET", "/session/status")]
    [InlineData("GET", "/config")]
    [InlineData("GET", "/agent")]
    [InlineData("GET", "/path")]
    [InlineData("GET", "/permission")]
    [InlineData("GET", "/event")]
    public async Task R12_A_request_that_names_no_directory_of_this_machine_is_a_400(string method, string path)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var file = Path.Combine(server.Directory, "opencode.json");
        foreach (var (named, problem) in new[]
        {
            ("/no/such/directory", "There is no such directory: /no/such/directory"),
            (Uri.EscapeDataString(file), $"There is no such directory: {file}"),
            ("%00", "The directory holds a NUL character"),
            ("a%2500b", "The directory holds a NUL character"),
        })
        {
            var (status, text) = await server.AskAsync(new HttpMethod(method), $"{path}?directory={named}", null, Cancelled);

            Assert.Equal(400, (int)status);
            var data = JsonElement.Parse(text).GetProperty("data");
            Assert.Equal($"{problem}\n  at [\"directory\"]", data.GetProperty("message").GetString());
            Assert.Equal("Query", data.GetProperty("kind").GetString());
        }

        using var client = server.CreateClient("/no/such/directory");
        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path), HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(0, await server.EventCountAsync(Cancelled));
    }

    [Fact]
    public async Task R12_A_prompt_in_a_directory_that_is_gone_is_refused_and_its_history_stays_readable()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        using var gone = await TestWorkspace.CreateAsync(server.Model.Url, cancellationToken: Cancelled);
        var session = await CreateSessionAsync(server, gone.Directory);
        var prompt = ServerUnderTest.Prompt("hello").ToJsonString();
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", prompt, Cancelled)).Status);
        Directory.Delete(gone.Directory, recursive: true);
        var before = await server.EventCountAsync(Cancelled);

        foreach (var route in new[] { "message", "prompt_async" })
        {
            var (status, text) = await server.AskAsync(HttpMethod.Post, $"/session/{session}/{route}", prompt, Cancelled);
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains($"The session's directory is gone: {gone.Directory}", text, StringComparison.Ordinal);
            Assert.Contains("capstan.workspaces.recreate", text, StringComparison.Ordinal);
        }

        Assert.Equal(before, await server.EventCountAsync(Cancelled));
        Assert.Equal(2, (await server.MessagesAsync(session, Cancelled)).Count);
        Assert.False(Directory.Exists(gone.Directory));
    }

    [Fact]
    public async Task A_directory_is_made_again_where_the_configuration_says_so()
    {
        await using var server = await TestServer.StartAsync(
            new TestServerOptions
            {
                Environment = new Dictionary<string, string> { ["OPENCODE_CONFIG_CONTENT"] = """{"capstan":{"workspaces":{"recreate":true}}}""" },
            },
            Cancelled);
        var directory = Directory.CreateDirectory(Path.Combine(server.Directory, "inner")).FullName;
        var session = await CreateSessionAsync(server, directory);
        Directory.Delete(directory);

        // What is refused for another reason makes nothing.
        var unknown = """{"agent":"nobody","parts":[{"type":"text","text":"hello"}]}""";
        Assert.Equal(HttpStatusCode.BadRequest, (await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", unknown, Cancelled)).Status);
        Assert.False(Directory.Exists(directory));

        var prompt = ServerUnderTest.Prompt("hello").ToJsonString();
        Assert.Equal(HttpStatusCode.OK, (await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", prompt, Cancelled)).Status);
        Assert.True(Directory.Exists(directory));
    }

    private static async Task<string> CreateSessionAsync(TestServer server, string directory)
    {
        var (status, text) = await server.AskAsync(HttpMethod.Post, $"/session?directory={Uri.EscapeDataString(directory)}", "{}", Cancelled);
        Assert.Equal(HttpStatusCode.OK, status);
        return JsonElement.Parse(text).GetProperty("id").GetString()!;
    }
}
