using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.FirstMinutes;

/// <summary>A new user's first ten minutes with the program as it is built. Each message that they meet is asserted in words.</summary>
public sealed class NewUserTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task From_the_first_start_without_a_key_to_a_model_of_one_s_own()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model: null, cancellationToken: Cancelled);

        // 1. Start, with nothing set up. What is printed last can be used at once.
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var url = server.Address.GetLeftPart(UriPartial.Authority);
        Assert.Contains($"opencode server listening on {url}", server.Output, StringComparison.Ordinal);
        Assert.Contains("warning: OPENCODE_SERVER_PASSWORD is not set", server.Output, StringComparison.Ordinal);

        // 2. Prompt: the offline model answers, and says what it is.
        var session = await server.CreateSessionAsync("{}", Cancelled);
        Assert.Contains("Hello", Conversation.Text(await server.PromptAsync(session, "Hello", Cancelled)), StringComparison.Ordinal);

        // 3. A slip in the configuration: the answer names file, line and column, and the server goes on.
        workspace.Write("opencode.json", "{\n  \"model\": \"fake/echo\"\n  \"provider\": {}\n}");
        var file = workspace.PathOf("opencode.json");
        Assert.Contains($"{file}:3:3", await PromptAsync("Still there?"), StringComparison.Ordinal);

        // 4. A misspelt key of Capstan's own: file, line, key and the nearest one.
        workspace.Write("opencode.json", "{\n  \"capstan\": {\n    \"turns\": { \"maxRetry\": 1 }\n  }\n}");
        Assert.Contains(
            $"{file}:3: capstan.turns.maxRetry: There is no such key. Did you mean 'maxRetries'?", await PromptAsync("And now?"), StringComparison.Ordinal);

        // 5. A provider, and beside it a key without effect and one that is not known: the same session answers with the model.
        workspace.Write("opencode.json", $$"""
            {
              "model": "mine/echo",
              "mcp": { "files": { "type": "local", "command": ["files"] } },
              "instruction": ["NOTES.md"],
              "provider": {
                "mine": {
                  "npm": "@ai-sdk/openai-compatible",
                  "options": { "baseURL": "{{model.Url}}" },
                  "models": { "echo": {} }
                }
              }
            }
            """);

        Assert.Equal("default reply", Conversation.Text(await server.PromptAsync(session, "Hello again", Cancelled)));

        // 6. A second server: where the first one is, and that it serves every directory.
        var second = await server.RunAsync(["serve"], Cancelled);
        Assert.Equal(1, second.ExitCode);
        Assert.Contains($"in use by another Capstan server, which listens on {url}. One server serves every directory", second.Errors, StringComparison.Ordinal);

        // 7. What had no effect is in the log, once each, with the line; the terminal shows it as well.
        server.Send(ProcessSignal.Terminate);
        Assert.Equal(0, await server.EndedAsync(Cancelled));
        foreach (var said in new[]
        {
            $"{file}:3: \"mcp\" has no effect yet: MCP servers are not started, so their tools are not offered. The key may stay.",
            $"{file}:4: \"instruction\" is not a key that is known; it has no effect. Did you mean \"instructions\"?",
        })
        {
            Assert.Single(server.ReadLog().Split(said)[1..]);
            Assert.Contains(said, server.Output, StringComparison.Ordinal);
        }

        // An answer, whatever its status, with its quotation marks as people would see them.
        async Task<string> PromptAsync(string text)
        {
            var (_, body) = await server.AskAsync(
                HttpMethod.Post, $"/session/{session}/message", ServerUnderTest.Prompt(text).ToJsonString(), Cancelled);
            return body.Replace("\\u0022", "'", StringComparison.Ordinal).Replace("\\\"", "'", StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_configuration_that_is_broken_at_the_start_is_said_and_the_server_starts()
    {
        using var workspace = await TestWorkspace.CreateAsync(model: null, cancellationToken: Cancelled);
        workspace.Write("opencode.json", "{\n  \"capstan\": { \"sever\": {} }\n}");

        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);

        Assert.Contains(
            $"capstan: {workspace.PathOf("opencode.json")}:2: capstan.sever: There is no such key. Did you mean \"server\"?", server.Output, StringComparison.Ordinal);
        var (status, body) = await server.AskAsync(HttpMethod.Post, "/session", "{}", Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("ConfigInvalidError", JsonElement.Parse(body).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_key_of_a_provider_that_nothing_uses_is_said_once_and_not_shown()
    {
        using var workspace = await TestWorkspace.CreateAsync(model: null, cancellationToken: Cancelled);
        using var other = await TestWorkspace.CreateAsync(model: null, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(
            workspace.Directory, new() { Variables = new Dictionary<string, string> { ["ANTHROPIC_API_KEY"] = "sk-ant-s3cret" } }, Cancelled);

        await server.GetAsync("/config", Cancelled);
        await server.GetAsync($"/config?directory={Uri.EscapeDataString(other.Directory)}", Cancelled);
        server.Send(ProcessSignal.Terminate);
        await server.EndedAsync(Cancelled);

        Assert.Single(server.ReadLog().Split("ANTHROPIC_API_KEY is set and nothing uses it: unlike OpenCode")[1..]);
        Assert.DoesNotContain("s3cret", server.ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_git_the_server_works_and_says_once_what_is_missing()
    {
        await using var model = await ScriptedModel.StartAsync(
            new() { Scripts = [new("write", [ModelStep.Call("write", """{"filePath":"made","content":"x"}"""), ModelStep.Say("done")])] }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(
            workspace.Directory, new() { Variables = new Dictionary<string, string> { ["PATH"] = workspace.PathOf("nothing-here") } }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        Assert.Equal("done", Conversation.Text(await server.PromptAsync(session, "[script:write]", Cancelled)));
        Assert.Equal("done", Conversation.Text(await server.PromptAsync(session, "[script:write]", Cancelled)));
        server.Send(ProcessSignal.Terminate);
        await server.EndedAsync(Cancelled);

        Assert.True(File.Exists(workspace.PathOf("made")));
        Assert.Single(server.ReadLog().Split("There is no git on the server's PATH")[1..]);
        Assert.DoesNotContain("   at ", server.ReadLog(), StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", server.ReadLog(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_said_to_be_listening_can_be_used()
    {
        using var workspace = await TestWorkspace.CreateAsync(model: null, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);

        // One try each, at the very moment of the line: the port is open, and the store answers.
        using var connection = new TcpClient();
        await connection.ConnectAsync(IPAddress.Loopback, server.Address.Port, Cancelled);
        var session = await server.CreateSessionAsync("{}", Cancelled);
        Assert.Equal(session, (await server.GetAsync($"/session/{session}", Cancelled)).GetProperty("id").GetString());
    }
}
