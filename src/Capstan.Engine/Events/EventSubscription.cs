using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace Capstan.Engine.Events;

/// <summary>One reader's place in the stream of events. Dispose it when the reader is gone.</summary>
public sealed class EventSubscription : IDisposable
{
    private readonly EventHub _hub;
    private readonly EventHubOptions _options;
    // The channel itself is unbounded, because it would count batches; Offer bounds it by events and bytes.
    private readonly Channel<Waiting> _batches = Channel.CreateUnbounded<Waiting>(
        new UnboundedChannelOptions { SingleReader = false, SingleWriter = false });

    // Taking and folding exclude each other: while batches are being folded, the reader must not take a newer batch before them.
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

    internal EventSubscription(EventHub hub, string? directory, string? client, EventCursor start, EventHubOptions options)
    {
        _hub = hub;
        _options = options;
        Directory = directory;
        Client = client;
        Start = start;
    }

    /// <summary>The workspace whose events are read, or null for all.</summary>
    public string? Directory { get; }

    /// <summary>
    /// The client that reads, by the name that its face knows it by; null where the face does not tell clients apart.
    /// </summary>
    public string? Client { get; }

    /// <summary>The place in the feed at which this subscription began; all later events arrive here.</summary>
    public EventCursor Start { get; }

    /// <summary>Why the subscription ended, once it has.</summary>
    public string? EndReason { get; private set; }

    /// <summary>Cancelled when the reader fell behind and was dropped.</summary>
    public CancellationToken Dropped => _dropped.Token;

    /// <summary>Queues an event for this reader alone.</summary>
    public void Offer(PublishedEvent published) => Offer(new EventBatch(default, [published]));

    /// <summary>
    /// Returns true once an event is queued, or false once the subscription has ended and everything was taken.
    /// </summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _batches.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Takes the next batch, if one is queued.</summary>
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

    /// <summary>Notes that everything which the reader has taken so far is on its way to the client.</summary>
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
        // Judged by what was queued before this batch: the end of a long text is one event as large as the whole text, and
        // because of that alone a reader that keeps up is not behind.
        var isBehind = events - batch.Events.Length >= _options.MaxEvents || bytes - batch.ByteCount >= _options.MaxBytes;
        if (!isBehind || TryFold())
        {
            // Counted before the batch is queued: a reader that takes the batch at once must not be ahead of the count.
            Interlocked.Increment(ref _offered);
            _batches.Writer.TryWrite(new Waiting(batch, Offered: 1, IsFolded: false));
            return;
        }

        Drop($"The reader fell behind: {events} events of {bytes} bytes were waiting. Reconnect with Last-Event-ID.");
    }

    /// <summary>Ends the subscription from the server's side.</summary>
    /// <param name="reason">The reason, which the reader is told.</param>
    internal void Drop(string reason)
    {
        // The queue is emptied here and not when the reader leaves: a reader that never reads again must not hold its events in
        // memory.
        LetGo();
        _dropped.CancelAsync();
        End(reason);
    }

    /// <summary>
    /// Completes once all batches that were offered before this call are on their way to the client, or the subscription has
    /// ended.
    /// </summary>
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
    /// Folds the queue into fewer events, for a reader that reads and is only too slow: where the reader has taken nothing since
    /// its queue was last folded, the queue is not folded again. Folded events belong to this reader and are not shared, so the
    /// hub bounds them for all readers together.
    /// </summary>
    /// <returns>Whether the queue has room again.</returns>
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
            var start = default(EventCursor);
            var offered = 0L;
            while (_batches.Reader.TryRead(out var waiting))
            {
                // A batch for this reader alone, such as a heartbeat, has no place in the feed.
                if (start.LaneCount == 0)
                    start = waiting.Batch.Start;
                events.AddRange(waiting.Batch.Events);
                offered += waiting.Offered;
                Forget(waiting);
            }

            var folded = new EventBatch(start, [.. DeltaFolding.Fold(events)]);
            _hub.Release(held - folded.ByteCount);
            Interlocked.Add(ref _waitingEvents, folded.Events.Length);
            Interlocked.Add(ref _waitingBytes, folded.ByteCount);
            var waits = new Waiting(folded, offered, IsFolded: true);
            if (!_batches.Writer.TryWrite(waits))
                Forget(waits);
            // Folding costs as much as the queue is long. Where it frees little, the queue would have to be folded again at once.
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

    /// <summary>A batch in the queue.</summary>
    /// <param name="Batch">The events.</param>
    /// <param name="Offered">How many offered batches are in it.</param>
    /// <param name="IsFolded">Whether the batch was folded, so that it belongs to this reader alone.</param>
    private readonly record struct Waiting(EventBatch Batch, long Offered, bool IsFolded);
}
