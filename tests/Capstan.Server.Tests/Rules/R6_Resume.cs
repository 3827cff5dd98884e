using System.Net.Sockets;
using System.Text;
using Capstan.Engine.Events;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R6: Last-Event-ID replays what was missed, once, in order, then joins live.</summary>
public sealed class R6_Resume
{
    private static readonly HashSet<string> RowChanges =
    [
        "session.created", "session.updated", "session.deleted", "message.updated", "message.removed", "message.part.updated", "message.part.removed",
    ];

    private const int MostRounds = 2000;

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
        var last = $"{EventCursor.Start(server.Engine.Store.Lanes.Count)}";
        var ids = new List<string> { last };
        var seen = new List<SseEvent>();
        var twins = new List<string>();
        long? end = null;
        for (var cut = 0; end is null || EventIds.Count(ids[^1]) < end; cut++)
        {
            Assert.InRange(cut, 0, MostRounds);
            await using var reader = await SseReader.OpenAsync(server.Http, path, last, Cancelled);
            // Seven at a time, so that cuts fall into replays, into live events, and between the two.
            var frames = 0;
            for (var taken = 0; taken < 7 && !(EventIds.Count(ids[^1]) >= end); )
            {
                Assert.InRange(++frames, 0, MostRounds);
                var next = await reader.NextAsync();
                if (working.IsCompleted)
                    end ??= await server.EventCountAsync(Cancelled);
                if (next?.Id is not { } id)
                    continue;
                last = id;
                taken++;
                if (next.Type == "sync")
                {
                    twins.Add($"{EventIds.Cursor(id)}");
                    continue;
                }

                ids.Add(id);
                seen.Add(next);
            }
        }

        await working;
        Assert.Empty(EventIds.Gaps(ids));
        Assert.Equal(
            (await server.EventsAsync(Cancelled)).Take(seen.Count).Select(static stored => stored.ID),
            seen.Select(static frame => frame.Payload.GetProperty("id").GetString()));
        // The twin of the last one may have come after the end.
        var paired = path == "/global/event" ? seen.SkipLast(1).Where(static frame => RowChanges.Contains(frame.Type)) : [];
        Assert.Equal(paired.Select(static frame => $"{EventIds.Cursor(frame.Id!)}"), twins.Where(twin => twin != $"{EventIds.Cursor(ids[^1])}"));
    }

    [Fact]
    public async Task R6_A_cut_between_an_event_and_its_sync_frame_loses_neither_and_repeats_neither()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        await using var whole = await server.OpenGlobalEventsAsync(Cancelled);
        var start = Assert.Single(whole.Seen).Id!;
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptAsync(session, "hello", Cancelled);
        await whole.UntilAsync("session.idle", session);
        var expected = whole.Seen.Where(static seen => seen.Id is not null).Skip(1).ToList();
        Assert.Contains(expected, static seen => seen.Type == "sync");

        // One frame a connection: every cut there is.
        var got = new List<SseEvent>();
        for (var last = start; got.Count < expected.Count; last = got[^1].Id!)
            got.Add(await ReadFrameAsync(server, last));

        Assert.Equal(expected.Select(static frame => $"{frame}"), got.Select(static frame => $"{frame}"));
    }

    [Fact]
    public async Task R6_Who_resumes_from_an_event_of_which_the_sync_frame_is_no_longer_kept_is_told()
    {
        await using var server = await TestServer.StartAsync(
            new() { Engine = static options => options with { Journal = new(RetainedEvents: 50) } }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var injection = ServerUnderTest.Prompt("filler");
        injection["noReply"] = true;
        for (var sent = 0; await CountGoneAsync(server) == 0; sent++)
        {
            Assert.InRange(sent, 0, MostRounds);
            await server.PromptAsync(session, injection, Cancelled);
        }
        var gone = await server.Engine.Store.FindOldestCursorAsync(Cancelled);

        // The session's lane is the only one that has events.
        var lane = Enumerable.Range(0, gone.LaneCount).Single(number => gone[number] > 0);
        await using var half = await SseReader.OpenAsync(server.Http, "/global/event", gone.LaneCount == 1 ? $"{gone}" : $"{gone}:{lane}", Cancelled);
        await half.UntilAsync("server.resync");
        Assert.Equal(EventIds.Count($"{gone}") + 1, EventIds.Count((await ReadFrameAsync(server, $"{gone}.1")).Id!));
    }

    /// <summary>Reads from the socket up to the end of the first frame with an id, and cuts.</summary>
    private static async Task<SseEvent> ReadFrameAsync(TestServer server, string last)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Address.Host, server.Address.Port, Cancelled);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"GET /global/event HTTP/1.1\r\nHost: {server.Address.Authority}\r\nLast-Event-ID: {last}\r\n\r\n"), Cancelled);
        using var reader = new StreamReader(new NetworkStream(socket));
        string? id = null;
        using var safetyNet = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        safetyNet.CancelAfter(TimeSpan.FromSeconds(60));
        while (await reader.ReadLineAsync(safetyNet.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
                id = line[4..];
            else if (id is not null && line.StartsWith("data: ", StringComparison.Ordinal))
                return new SseEvent(id, null, line[6..]);
        }

        throw new EndOfStreamException();
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

        Assert.Empty(EventIds.Gaps(after.Seen.Select(static seen => seen.Id).OfType<string>().Prepend(last)));
    }

    [Theory]
    [InlineData(50, long.MaxValue)]
    [InlineData(long.MaxValue / 2, 20_000)]
    public async Task R6_Who_was_away_for_too_long_is_told_to_read_everything_anew(long events, long bytes)
    {
        await using var server = await TestServer.StartAsync(
            new() { Engine = options => options with { Journal = new(events, bytes) } }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        // Old events go in blocks, so some hundreds are needed.
        var injection = ServerUnderTest.Prompt("filler");
        injection["noReply"] = true;
        for (var sent = 0; await CountGoneAsync(server) == 0; sent++)
        {
            Assert.InRange(sent, 0, MostRounds);
            await server.PromptAsync(session, injection, Cancelled);
        }

        var start = EventCursor.Start(server.Engine.Store.Lanes.Count);
        await using var reader = await SseReader.OpenAsync(server.Http, "/event", $"{start}", Cancelled);
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

    private static async Task<long> CountGoneAsync(TestServer server) =>
        EventIds.Count($"{await server.Engine.Store.FindOldestCursorAsync(Cancelled)}");

    private static async Task PromptAsync(TestServer server, string session, int count)
    {
        for (var i = 0; i < count; i++)
            await server.PromptAsync(session, $"prompt {i}", Cancelled);
    }
}
