using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R2: each accepted prompt is taken up by exactly one turn, however often it is sent.</summary>
public sealed class R2_ExactlyOnce
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R2_The_same_message_id_and_body_is_one_turn()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        var first = await server.PromptAsync(session, ServerUnderTest.Prompt("hello", "msg_once"), Cancelled);
        var again = await server.PromptAsync(session, ServerUnderTest.Prompt("hello", "msg_once"), Cancelled);

        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Single(server.Model.Turns);
        Assert.Equal(2, (await server.MessagesAsync(session, Cancelled)).Count);
    }

    [Fact]
    public async Task R2_Many_who_send_the_same_prompt_at_once_share_one_turn_and_its_answer()
    {
        var gate = new ModelGate();
        await using var server = await TestServer.StartAsync(
            new() { Model = new() { Default = ModelStep.Say("one") with { Gate = gate } } }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        var all = Enumerable.Range(0, 8)
            .Select(_ => server.PromptAsync(session, ServerUnderTest.Prompt("hello", "msg_once"), Cancelled)).ToList();
        await gate.Reached;
        gate.Open();
        var answers = await Task.WhenAll(all);

        Assert.Single(answers.Select(static answer => answer.GetRawText()).Distinct());
        Assert.Single(server.Model.Turns);
    }

    [Fact]
    public async Task R2_The_same_message_id_with_another_body_is_409()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var other = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptAsync(session, ServerUnderTest.Prompt("hello", "msg_once"), Cancelled);

        foreach (var (into, text) in new[] { (session, "something else"), (other, "hello") })
        {
            var (status, body) = await server.AskAsync(
                HttpMethod.Post, $"/session/{into}/message", ServerUnderTest.Prompt(text, "msg_once").ToJsonString(), Cancelled);
            Assert.Equal(HttpStatusCode.Conflict, status);
            Assert.Contains("msg_once", body, StringComparison.Ordinal);
        }

        Assert.Single(server.Model.Turns);
        Assert.Empty(await server.MessagesAsync(other, Cancelled));
    }

    [Fact]
    public async Task R2_A_repetition_after_a_restart_gets_the_answer_of_before()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var first = await server.PromptAsync(session, ServerUnderTest.Prompt("hello", "msg_once"), Cancelled);

        await server.RestartAsync(Cancelled);
        var again = await server.PromptAsync(session, ServerUnderTest.Prompt("hello", "msg_once"), Cancelled);

        Assert.Equal(first.GetRawText(), again.GetRawText());
        Assert.Single(server.Model.Turns);
    }

    [Theory]
    [InlineData("the directory")]
    [InlineData("the agent")]
    [InlineData("the model")]
    [InlineData("the configuration")]
    [InlineData("the attached file")]
    public async Task R2_A_repetition_gets_the_answer_of_before_although_something_is_gone(string gone)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(
            server.Model.Url, new() { Configure = static configuration => configuration["agent"] = JsonNode.Parse("""{"mine":{"mode":"primary"}}""") }, Cancelled);
        var (_, created) = await server.AskAsync(HttpMethod.Post, $"/session?directory={Uri.EscapeDataString(workspace.Directory)}", "{}", Cancelled);
        var session = JsonElement.Parse(created).GetProperty("id").GetString()!;
        var prompt = new JsonObject
        {
            ["messageID"] = "msg_once",
            ["agent"] = "mine",
            ["model"] = new JsonObject { ["providerID"] = "fake", ["modelID"] = "think" },
            ["parts"] = new JsonArray(
                new JsonObject { ["type"] = "text", ["text"] = "hello" },
                new JsonObject { ["type"] = "file", ["mime"] = "text/plain", ["url"] = "file://" + workspace.PathOf("hello.txt") }),
        };
        var first = await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", prompt.ToJsonString(), Cancelled);
        Assert.Equal(HttpStatusCode.OK, first.Status);
        switch (gone)
        {
            case "the directory":
                Directory.Delete(workspace.Directory, recursive: true);
                break;
            case "the agent":
                workspace.Write("opencode.json", workspace.Read("opencode.json").Replace("\"mine\"", "\"yours\"", StringComparison.Ordinal));
                break;
            case "the model":
                workspace.Write("opencode.json", workspace.Read("opencode.json").Replace("\"think\"", "\"thought\"", StringComparison.Ordinal));
                break;
            case "the configuration":
                workspace.Write("opencode.json", "{ broken");
                break;
            default:
                File.Delete(workspace.PathOf("hello.txt"));
                break;
        }

        var again = await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", prompt.ToJsonString(), Cancelled);
        var acknowledged = await server.AskAsync(HttpMethod.Post, $"/session/{session}/prompt_async", prompt.ToJsonString(), Cancelled);
        prompt["parts"]![0]!["text"] = "something else";
        var other = await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", prompt.ToJsonString(), Cancelled);
        prompt["messageID"] = "msg_new";
        var next = await server.AskAsync(HttpMethod.Post, $"/session/{session}/message", prompt.ToJsonString(), Cancelled);

        Assert.Equal(first, again);
        Assert.Equal(HttpStatusCode.NoContent, acknowledged.Status);
        Assert.Equal(HttpStatusCode.Conflict, other.Status);
        Assert.Equal(HttpStatusCode.BadRequest, next.Status);
        Assert.Single(server.Model.Turns);
        Assert.Equal(2, (await server.MessagesAsync(session, Cancelled)).Count);
    }
}
