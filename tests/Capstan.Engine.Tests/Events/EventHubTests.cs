using System.Buffers;
using Capstan.Engine.Events;
using Xunit;

namespace Capstan.Engine.Tests.Events;

/// <summary>Who waits for a client's readers goes on when they were sent what was published before, and not earlier.</summary>
public sealed class EventHubTests
{
    private const string Client = "a client";
    private readonly EventHub _hub = new(new EventHubOptions(), EventCursor.Start(1));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_reads_nothing_is_not_waited_for()
    {
        using var others = _hub.Subscribe(null, "another client");
        Publish();

        Assert.False(await _hub.WaitForReadersAsync(Client, Cancelled));
    }

    [Fact]
    public async Task What_was_taken_is_not_yet_sent()
    {
        using var reader = _hub.Subscribe(null, Client);
        Publish();
        Assert.True(reader.TryTake(out _));

        var wait = _hub.WaitForReadersAsync(Client, Cancelled);

        Assert.False(wait.IsCompleted);
        reader.MarkSent();
        Assert.True(await wait.WaitAsync(TimeSpan.FromSeconds(30), Cancelled));
    }

    [Fact]
    public async Task What_is_published_later_is_not_waited_for()
    {
        using var reader = _hub.Subscribe(null, Client);
        Publish();
        var wait = _hub.WaitForReadersAsync(Client, Cancelled);
        Publish();

        reader.TryTake(out _);
        reader.MarkSent();

        Assert.True(await wait.WaitAsync(TimeSpan.FromSeconds(30), Cancelled));
        Assert.False(_hub.WaitForReadersAsync(Client, Cancelled).IsCompleted);
    }

    [Fact]
    public async Task Every_reader_of_the_client_counts()
    {
        using var first = _hub.Subscribe(null, Client);
        using var second = _hub.Subscribe(null, Client);
        Publish();
        var wait = _hub.WaitForReadersAsync(Client, Cancelled);

        first.TryTake(out _);
        first.MarkSent();

        Assert.False(wait.IsCompleted);
        second.TryTake(out _);
        second.MarkSent();
        Assert.True(await wait.WaitAsync(TimeSpan.FromSeconds(30), Cancelled));
    }

    [Fact]
    public async Task A_reader_that_leaves_is_waited_for_no_longer()
    {
        var reader = _hub.Subscribe(null, Client);
        Publish();
        var wait = _hub.WaitForReadersAsync(Client, Cancelled);

        reader.Dispose();

        Assert.True(await wait.WaitAsync(TimeSpan.FromSeconds(30), Cancelled));
    }

    private void Publish() =>
        _hub.Publish([new PublishedEvent(0, null, -1, "", "", "evt_1", "test", new ReadOnlySequence<byte>("{}"u8.ToArray()))]);
}
