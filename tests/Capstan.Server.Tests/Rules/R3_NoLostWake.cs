using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R3: becoming idle and finding the inbox empty are one transaction.</summary>
public sealed class R3_NoLostWake
{
    private const int Clients = 8;
    private const int PromptsEach = 125;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R3_Prompts_at_the_idle_instant_are_all_answered()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => PromptAtIdleAsync(server, session, client)));
        await using var events = await server.OpenEventsAsync(Cancelled);
        await Conversation.UntilIdleAsync(server, events, Cancelled);

        var messages = await server.MessagesAsync(session, Cancelled);
        Assert.Equal(Clients * PromptsEach, Conversation.Prompts(messages).Count);
        Conversation.RequireClosed(messages);
        Conversation.RequireAnswered(messages, server.Model);
        Assert.Empty(await server.Engine.Store.ReadInboxAsync(session, Cancelled));
        Assert.Empty(server.Warnings);
    }

    private static async Task PromptAtIdleAsync(TestServer server, string session, int client)
    {
        await using var events = await server.OpenEventsAsync(Cancelled);
        for (var i = 0; i < PromptsEach; i++)
        {
            // The session is idle again some time after this one; that instant is the next one's.
            await server.PromptWithoutWaitingAsync(session, $"prompt {client}.{i}", Cancelled);
            await events.UntilAsync("session.idle", session);
        }
    }
}
