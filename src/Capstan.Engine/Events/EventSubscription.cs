using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Capstan.Engine.Events;

/// <summary>One reader's place in the stream of events. Dispose it when the reader is gone.</summary>
public sealed class EventSubscription : IDisposable
{
    private readonly EventHub _hub;
    private readonly EventHubOptions _options;
    // Unbounded as a channel, bounded by Offer, which counts events and bytes and not batches.
    private readonly Channel<EventBatch> _batches = Channel.CreateUnbounded<EventBatch>(
        new UnboundedChannelOptions { SingleReader = false, SingleWriter = false });

    private readonly CancellationTokenSource _dropped = new();
    private long _waitingEvents;
    private long _waitingBytes;
    private readonly Lock _sending = new();
    private readonly List<(long Offered, TaskCompletionSource Sent)> _waitingForSent = [];
    private long _offered;
    private long _taken;
    private long _sent;
    private bool _isEnded;

    internal EventSubscription(EventHub hub, string? directory, string? client, long start, EventHubOptions options)
    {
        _hub = hub;
        _options = options;
        Directory = directory;
        Client = client;
        Start = start;
    }

    /// <summary>The workspace whose events are read, or null for all.</summary>
    public string? Directory { get; }

    /// <summary>Who reads, by whatever name the face knows its clients; null where it does not tell them apart.</summary>
    public string? Client { get; }

    /// <summary>The newest durable event that was published before this subscription began; all later ones arrive here.</summary>
    public long Start { get; }

    /// <summary>Why the subscription ended, once it has.</summary>
    public string? EndReason { get; private set; }

    /// <summary>Cancelled when the reader fell behind and was dropped.</summary>
    public CancellationToken Dropped => _dropped.Token;

    /// <summary>Puts an event before this reader alone.</summary>
    public void Offer(PublishedEvent published) => Offer(new EventBatch([published]));

    /// <summary>Waits for events; false once the subscription has ended and everything was taken.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _batches.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes the next batch, if one waits.</summary>
    public bool TryTake([NotNullWhen(true)] out EventBatch? batch)
    {
        if (!_batches.Reader.TryRead(out batch))
            return false;
        Interlocked.Add(ref _waitingEvents, -batch.Events.Length);
        Interlocked.Add(ref _waitingBytes, -batch.ByteCount);
        Interlocked.Increment(ref _taken);
        return true;
    }

    /// <summary>The reader says that all it has taken so far is on its way to the client.</summary>
    public void MarkSent()
    {
        lock (_sending)
        {
            _sent = Interlocked.Read(ref _taken);
            ReleaseUpTo(_sent);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hub.Remove(this);
        End("The reader left.");
        _dropped.Dispose();
    }

    internal void Offer(EventBatch batch)
    {
        if (_isEnded)
            return;
        var events = Interlocked.Add(ref _waitingEvents, batch.Events.Length);
        var bytes = Interlocked.Add(ref _waitingBytes, batch.ByteCount);
        // Judged by what waits already: the end of a long text is one event as large as the whole of it, and a reader that keeps up
        // is not behind because of that.
        var isBehind = events - batch.Events.Length >= _options.MaxEvents || bytes - batch.ByteCount >= _options.MaxBytes;
        if (!isBehind)
        {
            // Counted first: a reader that takes the batch at once must not be ahead of the count.
            Interlocked.Increment(ref _offered);
            _batches.Writer.TryWrite(batch);
            return;
        }

        // What waits is let go at once: a reader that is gone for good must not hold it.
        while (_batches.Reader.TryRead(out _))
        {
        }

        _dropped.CancelAsync();
        End($"The reader fell behind: {events} events of {bytes} bytes were waiting. Reconnect with Last-Event-ID.");
    }

    /// <summary>Completes once all that was offered before this call is on its way to the client, or the subscription has ended.</summary>
    internal Task WaitForSentAsync()
    {
        lock (_sending)
        {
            var offered = Interlocked.Read(ref _offered);
            if (_isEnded || _sent >= offered)
                return Task.CompletedTask;
            var sent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waitingForSent.Add((offered, sent));
            return sent.Task;
        }
    }

    internal void End(string reason)
    {
        EndReason ??= reason;
        _batches.Writer.TryComplete();
        lock (_sending)
        {
            _isEnded = true;
            ReleaseUpTo(long.MaxValue);
        }
    }

    private void ReleaseUpTo(long sent)
    {
        foreach (var waiting in _waitingForSent.FindAll(waiting => waiting.Offered <= sent))
            waiting.Sent.TrySetResult();
        _waitingForSent.RemoveAll(waiting => waiting.Offered <= sent);
    }
}
