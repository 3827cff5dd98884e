using System.Text.Json;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Prompts;

/// <summary><c>delivery</c>: when a prompt is taken up that arrives while a turn runs.</summary>
public sealed class DeliveryTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, true)]
    [InlineData("steer", true)]
    [InlineData("queue", false)]
    public async Task A_prompt_joins_the_turn_at_its_next_step_or_gets_one_of_its_own(string? delivery, bool joins)
    {
        var gate = new ModelGate(after: 1);
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        server.Model.Set(
            "first",
            ModelStep.Say("looking around") with { Gate = gate, Tools = [ModelToolCall.Of("read", """{"filePath":"hello.txt"}""", "call_read")] },
            ModelStep.Say("seen"));
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(session, ServerUnderTest.Prompt("[script:first]", "msg_1"), Cancelled);
        await gate.Reached;
        await SendAsync(server, session, "what else?", "msg_2", delivery);
        gate.Open();
        await Conversation.UntilIdleAsync(server, events, Cancelled);

        // The second step is asked for with the prompt in its history, or without.
        Assert.Equal(joins, server.Model.Turns[1].Body.GetRawText().Contains("what else?", StringComparison.Ordinal));
        Assert.Equal(joins ? ["msg_1", "msg_2"] : ["msg_1", "msg_1", "msg_2"], await ParentsAsync(server, session));
    }

    [Fact]
    public async Task An_interruption_ends_the_turn_and_goes_before_what_waits()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        server.Model.Set("hang", ModelStep.Say("words") with { Hang = ModelHang.Stream });
        server.Model.Set("more", ModelStep.Say("an answer"));
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var first = server.PromptAsync(session, ServerUnderTest.Prompt("[script:hang]", "msg_1"), Cancelled);
        await events.UntilAsync("message.part.delta");
        await SendAsync(server, session, "[script:more] queued", "msg_2", "queue");
        await SendAsync(server, session, "[script:more] urgent", "msg_3", "interrupt");

        Assert.Equal("MessageAbortedError", Conversation.Error(await first));
        await Conversation.UntilIdleAsync(server, events, Cancelled);
        Assert.Equal(["msg_1", "msg_3", "msg_2"], await ParentsAsync(server, session));
    }

    [Fact]
    public async Task An_interruption_of_nothing_is_a_prompt()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await SendAsync(server, session, "hello", "msg_1", "interrupt");
        await Conversation.UntilIdleAsync(server, events, Cancelled);
        Assert.Equal("default reply", Conversation.Text(Assert.Single(Conversation.Answers(await server.MessagesAsync(session, Cancelled)))));
    }

    private static Task SendAsync(TestServer server, string session, string text, string messageID, string? delivery)
    {
        var prompt = ServerUnderTest.Prompt(text, messageID);
        if (delivery is not null)
            prompt["delivery"] = delivery;
        return server.PromptWithoutWaitingAsync(session, prompt, Cancelled);
    }

    /// <summary>Which prompt each answer, in the order of the history, is to.</summary>
    private static async Task<IReadOnlyList<string?>> ParentsAsync(TestServer server, string session) =>
        [.. Conversation.Answers(await server.MessagesAsync(session, Cancelled)).Select(Parent)];

    private static string? Parent(JsonElement answer) => answer.GetProperty("info").GetProperty("parentID").GetString();
}
