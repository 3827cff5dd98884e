using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Capstan.Engine.Events;

/// <summary>One reader's place in the stream of events. Dispose it when the reader is gone.</summary>
public sealed class EventSubscription : IDisposable
{
    private readonly EventHub _hub;
    private readonly EventHubOptions _options;
    // Unbounded as a channel, bounded by Offer, which counts events and bytes and not batches.
    private readonly Channel<Waiting> _batches = Channel.CreateUnbounded<Waiting>(
        new UnboundedChannelOptions { SingleReader = false, SingleWriter = false });

    // Taking and folding exclude each other: what is folded must not be overtaken by what came after it.
    private readonly Lock _taking = new();

    private readonly CancellationTokenSource _dropped = new();
    private long _waitingEvents;
    private long _waitingBytes;
    private readonly Lock _sending = new();
    private readonly List<(long Offered, TaskCompletionSource Sent)> _waitingForSent = [];
    private long _offered;
    private long _taken;
    private long _sent;
    private long _takenWhenFolded;
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
        lock (_taking)
        {
            if (!_batches.Reader.TryRead(out var waiting))
            {
                batch = null;
                return false;
            }

            batch = waiting.Batch;
            Forget(waiting);
            Interlocked.Add(ref _taken, waiting.Offered);
            return true;
        }
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
        LetGo();
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
        if (!isBehind || TryFold())
        {
            // Counted first: a reader that takes the batch at once must not be ahead of the count.
            Interlocked.Increment(ref _offered);
            _batches.Writer.TryWrite(new Waiting(batch, Offered: 1, IsFolded: false));
            return;
        }

        // At once: a reader that is gone for good must not hold what waits.
        LetGo();
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

    /// <summary>
    /// Folds what waits into fewer events, for a reader that reads and is only too slow: one that has taken nothing since it was last
    /// helped is not helped again. What is folded is this reader's own and not shared, which the hub bounds for all readers together.
    /// </summary>
    /// <returns>Whether there is room again.</returns>
    private bool TryFold()
    {
        lock (_taking)
        {
            var taken = Interlocked.Read(ref _taken);
            var held = Interlocked.Read(ref _waitingBytes);
            if (taken == _takenWhenFolded || !_hub.TryReserve(held))
                return false;
            _takenWhenFolded = taken;
            var events = new List<PublishedEvent>();
            var offered = 0L;
            while (_batches.Reader.TryRead(out var waiting))
            {
                events.AddRange(waiting.Batch.Events);
                offered += waiting.Offered;
                Forget(waiting);
            }

            var folded = new EventBatch([.. DeltaFolding.Fold(events)]);
            _hub.Release(held - folded.ByteCount);
            Interlocked.Add(ref _waitingEvents, folded.Events.Length);
            Interlocked.Add(ref _waitingBytes, folded.ByteCount);
            var waits = new Waiting(folded, offered, IsFolded: true);
            if (!_batches.Writer.TryWrite(waits))
                Forget(waits);
            // Folding costs as much as what waits. Where it gains little, it would have to be done again at once.
            return folded.Events.Length <= _options.MaxEvents / 4 * 3 && folded.ByteCount <= _options.MaxBytes / 4 * 3;
        }
    }

    private void LetGo()
    {
        lock (_taking)
        {
            while (_batches.Reader.TryRead(out var waiting))
                Forget(waiting);
        }
    }

    private void Forget(Waiting waiting)
    {
        Interlocked.Add(ref _waitingEvents, -waiting.Batch.Events.Length);
        Interlocked.Add(ref _waitingBytes, -waiting.Batch.ByteCount);
        if (waiting.IsFolded)
            _hub.Release(waiting.Batch.ByteCount);
    }

    private void ReleaseUpTo(long sent)
    {
        foreach (var waiting in _waitingForSent.FindAll(waiting => waiting.Offered <= sent))
            waiting.Sent.TrySetResult();
        _waitingForSent.RemoveAll(waiting => waiting.Offered <= sent);
    }

    /// <summary>What waits.</summary>
    /// <param name="Batch">The events.</param>
    /// <param name="Offered">Of how many batches that were offered.</param>
    /// <param name="IsFolded">Whether the batch is this reader's own.</param>
    private readonly record struct Waiting(EventBatch Batch, long Offered, bool IsFolded);
}
