using System.Net;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
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
}
