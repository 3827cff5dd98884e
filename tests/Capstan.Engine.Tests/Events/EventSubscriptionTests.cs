using System.Buffers;
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
        var hub = new EventHub(new EventHubOptions(events, bytes), lastSequence: 0);
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
        var hub = new EventHub(new EventHubOptions(MaxEvents: 2, MaxBytes: 20), lastSequence: 0);
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
        var hub = new EventHub(new EventHubOptions(MaxEvents: 2, MaxBytes: 20), lastSequence: 0);
        using var reader = hub.Subscribe(null);

        hub.Publish([Event(1, size: 1000)]);

        Assert.Null(reader.EndReason);
        Assert.True(reader.TryTake(out _));
    }

    private static PublishedEvent Event(long sequence, int size = 10) =>
        new(sequence, "ses_1", sequence, "/w", "p", "evt", "type", new ReadOnlySequence<byte>(new byte[size]));
}
