using Capstan.Testing.Captures;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R5: events are numbered without gaps, every reader sees them in that order, and replies come after them.</summary>
public sealed class R5_Order
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R5_The_events_of_each_session_are_numbered_without_gaps()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
            for (var i = 0; i < 5; i++)
                await server.PromptAsync(session, $"prompt {i}", Cancelled);
        }));

        var stored = await server.Engine.Store.ReadEventsAsync(0, long.MaxValue, null, int.MaxValue, Cancelled);

        Assert.Equal(Enumerable.Range(1, stored.Count).Select(static i => (long)i), stored.Select(static published => published.Sequence));
        foreach (var session in stored.GroupBy(static published => published.SessionID))
        {
            var numbers = session.Select(static published => published.SessionSequence).ToList();
            Assert.Equal(Enumerable.Range((int)numbers[0], numbers.Count).Select(static i => (long)i), numbers);
        }
    }

    [Fact]
    public async Task R5_Every_reader_sees_the_same_events_in_the_same_order()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        await using var first = await server.OpenEventsAsync(Cancelled);
        await using var second = await server.OpenEventsAsync(Cancelled);
        await using var global = await server.OpenGlobalEventsAsync(Cancelled);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "hello", Cancelled)));
        var last = await server.CreateSessionAsync(cancellationToken: Cancelled);
        foreach (var reader in new[] { first, second, global })
            await reader.UntilAsync("session.created", last);

        var all = first.Seen.Skip(1).Select(static seen => seen.Payload.GetRawText()).ToList();
        Assert.Equal(all, second.Seen.Skip(1).Select(static seen => seen.Payload.GetRawText()));
        Assert.Equal(all, global.Seen.Skip(1)
            .Where(static seen => seen.Payload.GetProperty("type").GetString() != "sync").Select(static seen => seen.Payload.GetRawText()));
        Assert.Empty(EventInvariants.Violations(first.Seen.Select(static seen => seen.Payload)));
    }

    [Fact]
    public async Task R5_A_synchronous_prompt_is_answered_after_the_last_event_of_its_turn()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        for (var i = 0; i < 20; i++)
        {
            var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

            await server.PromptAsync(session, "hello", Cancelled);

            var stored = await server.Engine.Store.ReadEventsAsync(0, long.MaxValue, null, int.MaxValue, Cancelled);
            Assert.Equal("session.idle", stored.Last(published => published.SessionID == session).Type);
        }
    }
}
