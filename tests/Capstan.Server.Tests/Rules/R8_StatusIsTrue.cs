using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R8: whatever a client can observe agrees at the moment a call returns.</summary>
public sealed class R8_StatusIsTrue
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R8_A_session_is_busy_as_soon_as_its_prompt_is_acknowledged()
    {
        var gate = new ModelGate();
        await using var server = await TestServer.StartAsync(
            new() { Model = new() { Default = ModelStep.Say("ok") with { Gate = gate } } }, Cancelled);
        for (var i = 0; i < 20; i++)
        {
            var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

            await server.PromptWithoutWaitingAsync(session, "hello", Cancelled);

            Assert.Equal("busy", (await server.StatusAsync(Cancelled)).GetProperty(session).GetProperty("type").GetString());
        }

        gate.Open();
    }

    [Fact]
    public async Task R8_A_session_is_idle_and_its_answer_stored_as_soon_as_a_synchronous_prompt_returns()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        for (var i = 0; i < 20; i++)
        {
            var answer = await server.PromptAsync(session, "hello", Cancelled);

            Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
            Assert.Equal(answer.GetRawText(), (await server.MessagesAsync(session, Cancelled))[^1].GetRawText());
        }
    }

    [Fact]
    public async Task R8_A_session_is_idle_as_soon_as_an_abort_returns()
    {
        await using var server = await TestServer.StartAsync(
            new() { Model = new() { Default = ModelStep.Say("ok") with { Hang = ModelHang.Stream } } }, Cancelled);
        for (var i = 0; i < 20; i++)
        {
            var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
            await server.PromptWithoutWaitingAsync(session, "hello", Cancelled);

            await server.AbortAsync(session, Cancelled);

            Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
            Conversation.RequireClosed(await server.MessagesAsync(session, Cancelled));
        }
    }
}
