using System.Buffers;
using Capstan.Contract;
using Capstan.Engine.Events;
using Xunit;

namespace Capstan.Engine.Tests.Events;

/// <summary>R9: how much may wait for a reader, and what becomes of one that takes no more.</summary>
public sealed class EventSubscriptionTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(4, 1_000_000)]
    [InlineData(1_000_000, 40)]
    public async Task R9_A_reader_is_dropped_with_a_reason_when_more_waits_than_it_may_and_not_before(int events, long bytes)
    {
        var hub = new EventHub(new EventHubOptions(events, bytes), newest: new EventCursor(0));
        using var slow = hub.Subscribe(null);
        using var other = hub.Subscribe(null);
        for (var i = 1; i <= 4; i++)
        {
            hub.Publish([Event(i)]);
            Assert.True(other.TryTake(out _));
        }

        Assert.Null(slow.EndReason);
        Assert.False(slow.Dropped.IsCancellationRequested);
        hub.Publish([Event(5)]);

        Assert.True(slow.Dropped.IsCancellationRequested || slow.Dropped.WaitHandle.WaitOne(TimeSpan.FromSeconds(30)));
        Assert.Equal("The reader fell behind: 5 events of 50 bytes were waiting. Reconnect with Last-Event-ID.", slow.EndReason);
        // What waited is let go at once, and nothing comes after.
        Assert.False(slow.TryTake(out _));
        hub.Publish([Event(6)]);
        Assert.False(await slow.WaitAsync(Cancelled));
        Assert.True(other.TryTake(out var fifth));
        Assert.True(other.TryTake(out var sixth));
        Assert.Equal([5, 6], new[] { fifth.Events[0].Sequence, sixth.Events[0].Sequence });
        Assert.Null(other.EndReason);
    }

    [Fact]
    public void R9_Who_takes_what_waits_may_go_on_for_ever()
    {
        var hub = new EventHub(new EventHubOptions(MaxEvents: 2, MaxBytes: 20), newest: new EventCursor(0));
        using var reader = hub.Subscribe(null);
        for (var i = 1; i <= 1000; i++)
        {
            hub.Publish([Event(i)]);
            Assert.True(reader.TryTake(out _));
        }

        Assert.Null(reader.EndReason);
    }

    [Fact]
    public void R9_One_event_larger_than_all_that_may_wait_is_no_reason_to_drop_a_reader_that_keeps_up()
    {
        var hub = new EventHub(new EventHubOptions(MaxEvents: 2, MaxBytes: 20), newest: new EventCursor(0));
        using var reader = hub.Subscribe(null);

        hub.Publish([Event(1, size: 1000)]);

        Assert.Null(reader.EndReason);
        Assert.True(reader.TryTake(out _));
    }

    [Fact]
    public void R9_A_reader_that_is_slow_gets_the_deltas_of_a_part_in_one_and_loses_no_text()
    {
        var hub = new EventHub(new EventHubOptions(MaxEvents: 64), newest: new EventCursor(0));
        using var reader = hub.Subscribe(null);
        var (written, read) = (new Texts(), new Texts());
        var random = new Random(1);
        for (var i = 1; i <= 5000; i++)
        {
            var session = $"ses_{random.Next(8)}";
            var published = random.Next(40) == 0 ? Event(i) with { SessionID = session } : Delta(session, $"prt_{i / 100}", $"{i} ");
            written.Add(published);
            hub.Publish([published]);
            // One of 25: without folding it would be dropped at once.
            if (i % 25 == 0)
                Take(reader, read);
        }

        Assert.Null(reader.EndReason);
        while (Take(reader, read))
        {
        }

        Assert.Equal(written.Seen, read.Seen);
        Assert.InRange(read.Events, 1, written.Events / 2);
        Assert.Equal(0, hub.FoldedBytes);
    }

    [Fact]
    public void R9_A_reader_that_has_taken_nothing_since_it_was_helped_is_dropped()
    {
        var hub = new EventHub(new EventHubOptions(MaxEvents: 8), newest: new EventCursor(0));
        using var reader = hub.Subscribe(null);
        hub.Publish([Event(1)]);
        Assert.True(reader.TryTake(out _));
        var published = 0;
        for (; reader.EndReason is null && published < 1000; published++)
            hub.Publish([Delta("ses_1", "prt_1", "x")]);

        // Eight wait, become one, and seven more have room; then it is behind for the second time.
        Assert.Equal(8 + 7 + 1, published);
        Assert.Equal(0, hub.FoldedBytes);
    }

    [Fact]
    public void R9_What_cannot_be_folded_is_no_reason_to_wait()
    {
        var hub = new EventHub(new EventHubOptions(MaxEvents: 8), newest: new EventCursor(0));
        using var reader = hub.Subscribe(null);
        hub.Publish([Event(1)]);
        Assert.True(reader.TryTake(out _));
        for (var i = 2; i <= 10; i++)
            hub.Publish([Event(i)]);
        Assert.NotNull(reader.EndReason);
        Assert.Equal(0, hub.FoldedBytes);
    }

    [Fact]
    public void R9_What_is_folded_for_all_readers_together_is_bounded()
    {
        var hub = new EventHub(new EventHubOptions(MaxEvents: 8) { MaxFoldedBytes = 2000 }, newest: new EventCursor(0));
        List<EventSubscription> readers = [hub.Subscribe(null), hub.Subscribe(null), hub.Subscribe(null)];
        hub.Publish([Event(1)]);
        Assert.All(readers, static reader => Assert.True(reader.TryTake(out _)));
        // The eight that wait for one are some 1,300 bytes, and one when they are folded: each is helped when the one before it was.
        for (var i = 0; i < 9; i++)
            hub.Publish([Delta("ses_1", "prt_1", "x")]);
        Assert.All(readers, static reader => Assert.Null(reader.EndReason));
        Assert.InRange(hub.FoldedBytes, 3 * 100, 3 * 250);

        readers[0].Dispose();
        Assert.InRange(hub.FoldedBytes, 2 * 100, 2 * 250);
        while (readers[1].TryTake(out _))
        {
        }

        Assert.InRange(hub.FoldedBytes, 100, 250);
        readers[2].Dispose();
        Assert.Equal(0, hub.FoldedBytes);

        var small = new EventHub(new EventHubOptions(MaxEvents: 8) { MaxFoldedBytes = 500 }, newest: new EventCursor(0));
        using var refused = small.Subscribe(null);
        small.Publish([Event(1)]);
        Assert.True(refused.TryTake(out _));
        for (var i = 0; i < 9; i++)
            small.Publish([Delta("ses_1", "prt_1", "x")]);
        Assert.NotNull(refused.EndReason);
        Assert.Equal(0, small.FoldedBytes);
    }

    [Fact]
    public async Task R5_Whoever_waits_for_a_reader_waits_for_what_was_folded_too()
    {
        var hub = new EventHub(new EventHubOptions(MaxEvents: 4), newest: new EventCursor(0));
        using var reader = hub.Subscribe(null, "client");
        hub.Publish([Event(1)]);
        Assert.True(reader.TryTake(out _));
        reader.MarkSent();
        for (var i = 0; i < 5; i++)
            hub.Publish([Delta("ses_1", "prt_1", "x")]);
        var sent = hub.WaitForReadersAsync("client", Cancelled);
        Assert.True(reader.TryTake(out var folded));
        Assert.Single(folded.Events);
        reader.MarkSent();
        Assert.False(sent.IsCompleted);
        Assert.True(reader.TryTake(out _));
        reader.MarkSent();
        Assert.True(await sent);
    }

    private static bool Take(EventSubscription reader, Texts texts)
    {
        if (!reader.TryTake(out var batch))
            return false;
        foreach (var published in batch.Events)
            texts.Add(published);
        return true;
    }

    private static PublishedEvent Delta(string session, string part, string text) => PartDelta.Create(
        new IdentifierSource(TimeProvider.System, 1),
        new SessionInfo { ID = session, Slug = "s", ProjectID = "p", Directory = "/w", Title = "t", Version = "0", Time = new SessionTime(1, 1) },
        new TextPart { ID = part, SessionID = session, MessageID = "msg_1", Text = "" },
        text);

    private static PublishedEvent Event(long sequence, int size = 10) =>
        new(sequence, "ses_1", sequence, "/w", "p", "evt", "type", new ReadOnlySequence<byte>(new byte[size]));

    /// <summary>What a reader knows in the end: of each session the order of its events, and the text between them.</summary>
    private sealed class Texts
    {
        private readonly SortedDictionary<string, string> _bySession = new(StringComparer.Ordinal);

        public int Events { get; private set; }

        public string Seen => string.Join('\n', _bySession.Select(static pair => $"{pair.Key}: {pair.Value}"));

        public void Add(PublishedEvent published)
        {
            Events++;
            var session = published.SessionID!;
            var said = published.IsDurable ? $"[{published.Sequence}]" : Said(published);
            var known = _bySession.GetValueOrDefault(session, "");
            // A part's name stands where another part spoke before.
            var part = said[..(said.IndexOf(' ', StringComparison.Ordinal) + 1)];
            var last = known.LastIndexOf("prt_", StringComparison.Ordinal);
            var goesOn = part.Length > 0 && last >= 0 && known[last..].StartsWith(part, StringComparison.Ordinal) && !known[last..].Contains('[', StringComparison.Ordinal);
            _bySession[session] = known + (goesOn ? said[part.Length..] : said);
        }

        private static string Said(PublishedEvent published)
        {
            var properties = System.Text.Json.JsonElement.Parse(published.Json.ToArray()).GetProperty("properties");
            return $"{properties.GetProperty("partID").GetString()} {properties.GetProperty("delta").GetString()}";
        }
    }
}
