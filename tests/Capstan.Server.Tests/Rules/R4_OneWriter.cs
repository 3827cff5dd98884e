using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R4: only a session's runner changes its running turn; all else is admitted and waits.</summary>
public sealed class R4_OneWriter
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R4_A_prompt_during_a_step_waits_for_the_step_to_end()
    {
        var gate = new ModelGate(after: 1);
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        server.Model.Set("slow", ModelStep.Say("the first answer") with { Gate = gate });
        server.Model.Set("next", ModelStep.Say("the second answer"));
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        var first = server.PromptAsync(session, "[script:slow]", Cancelled);
        await gate.Reached;
        await server.PromptWithoutWaitingAsync(session, "[script:next]", Cancelled);
        await server.SendAsync(HttpMethod.Patch, $"/session/{session}", """{"title":"renamed meanwhile"}""", Cancelled);
        Assert.Single(server.Model.Turns);
        gate.Open();
        await first;

        var answers = Conversation.Answers(await server.MessagesAsync(session, Cancelled));
        Assert.Equal(["the first answer", "the second answer"], answers.Select(Conversation.Text));
        Assert.DoesNotContain("[script:next]", server.Model.Turns[0].Body.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("renamed meanwhile", (await server.GetAsync($"/session/{session}", Cancelled)).GetProperty("title").GetString());
    }

    [Fact]
    public async Task R4_Prompts_that_wait_when_a_turn_is_aborted_get_a_turn_of_their_own()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        server.Model.Set("hang", ModelStep.Say("words") with { Hang = ModelHang.Stream });
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);

        var first = server.PromptAsync(session, "[script:hang]", Cancelled);
        await events.UntilAsync("message.part.delta");
        await server.PromptWithoutWaitingAsync(session, ServerUnderTest.Prompt("and this?", "msg_waits"), Cancelled);
        server.Model.Set("hang", ModelStep.Say("unused"), ModelStep.Say("answered after all"));
        await server.AbortAsync(session, Cancelled);

        Assert.Equal("MessageAbortedError", Conversation.Error(await first));
        await Conversation.UntilIdleAsync(server, events, Cancelled);
        var last = Conversation.Answers(await server.MessagesAsync(session, Cancelled))[^1];
        Assert.Equal("answered after all", Conversation.Text(last));
        Assert.Equal("msg_waits", last.GetProperty("info").GetProperty("parentID").GetString());
    }
}
