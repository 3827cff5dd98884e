using System.Globalization;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R6: Last-Event-ID replays what was missed, once, in order, then joins live.</summary>
public sealed class R6_Resume
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/event")]
    [InlineData("/global/event")]
    public async Task R6_A_stream_that_is_cut_again_and_again_misses_nothing_and_repeats_nothing(string path)
    {
        // Frequent heartbeats, so that a reader who has everything already still gets something to look up from.
        await using var server = await TestServer.StartAsync(
            new() { Server = static options => options with { Heartbeat = TimeSpan.FromMilliseconds(50) } }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var working = PromptAsync(server, session, 30);
        var seen = new List<long> { 0 };
        long? end = null;
        while (end is null || seen[^1] < end)
        {
            await using var reader = await SseReader.OpenAsync(server.Http, path, $"{seen[^1]}", Cancelled);
            // Seven at a time, so that cuts fall into replays, into live events, and between the two.
            for (var taken = 0; taken < 7 && !(seen[^1] >= end); )
            {
                var next = await reader.NextAsync();
                if (working.IsCompleted)
                    end ??= await server.LastEventAsync(Cancelled);
                if (next?.Id is not { } id)
                    continue;
                seen.Add(long.Parse(id, CultureInfo.InvariantCulture));
                taken++;
            }
        }

        await working;
        Assert.Equal(Enumerable.Range(0, seen.Count).Select(static i => (long)i), seen);
    }

    [Fact]
    public async Task R6_A_stream_resumes_over_a_restart()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        string last;
        await using (var before = await server.OpenEventsAsync(Cancelled))
        {
            await server.PromptAsync(session, "one", Cancelled);
            last = (await before.UntilAsync("session.idle")).Id!;
        }

        await server.PromptAsync(session, "two", Cancelled);
        await server.RestartAsync(Cancelled);
        await using var after = await SseReader.OpenAsync(server.Http, "/event", last, Cancelled);
        await after.UntilAsync("session.idle", session);

        var ids = after.Seen.Where(static seen => seen.Id is not null).Select(static seen => long.Parse(seen.Id!, CultureInfo.InvariantCulture));
        var first = long.Parse(last, CultureInfo.InvariantCulture) + 1;
        Assert.Equal(Enumerable.Range(0, ids.Count()).Select(i => first + i), ids);
    }

    [Fact]
    public async Task R6_Who_was_away_for_too_long_is_told_to_read_everything_anew()
    {
        await using var server = await TestServer.StartAsync(
            new() { Engine = static options => options with { Journal = new(RetainedEvents: 50) } }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        // Old events go in blocks, so some hundreds are needed.
        var injection = ServerUnderTest.Prompt("filler");
        injection["noReply"] = true;
        while (await server.Engine.Store.FirstEventSequenceAsync(Cancelled) <= 1)
            await server.PromptAsync(session, injection, Cancelled);

        await using var reader = await SseReader.OpenAsync(server.Http, "/event", "1", Cancelled);
        var resync = await reader.UntilAsync("server.resync");
        await server.PromptAsync(session, "live again", Cancelled);
        await reader.UntilAsync("session.idle", session);

        Assert.Contains("not kept", resync.Properties.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Null(resync.Id);
    }

    [Fact]
    public async Task R6_An_id_that_never_was_leads_to_a_resynchronisation_too()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);

        await using var reader = await SseReader.OpenAsync(server.Http, "/event", "123456789", Cancelled);

        await reader.UntilAsync("server.resync");
    }

    private static async Task PromptAsync(TestServer server, string session, int count)
    {
        for (var i = 0; i < count; i++)
            await server.PromptAsync(session, $"prompt {i}", Cancelled);
    }
}
