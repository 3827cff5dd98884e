namespace Capstan.Engine.Events;

/// <summary>
/// Hands events to readers in the order of the journal. The hub never waits for a reader, and never holds more events for a
/// reader than its bounds allow.
/// </summary>
/// <remarks>
/// <code>
///   journal ──► Publish(batch) ──► one bounded queue a subscription ──► reader
///                                        │ full: the queue is folded, if the reader has read since the last folding; or else
///                                        │ the subscription is closed with a reason, and other subscriptions never notice
/// </code>
/// Invariant: until it ends, a subscription is given every event that is published after its
/// <see cref="EventSubscription.Start"/> (those of its workspace, where it names one), and the events of each session in order.
/// </remarks>
public sealed class EventHub
{
    private readonly Lock _lock = new();
    private readonly EventHubOptions _options;
    private EventSubscription[] _subscriptions = [];
    private EventCursor _published;
    private long _folded;

    /// <summary>Creates the hub.</summary>
    /// <param name="options">Bounds of each subscription.</param>
    /// <param name="newest">The place of the newest events in the store, which count as published.</param>
    public EventHub(EventHubOptions options, EventCursor newest)
    {
        _options = options;
        _published = newest;
    }

    /// <summary>How many readers there are.</summary>
    public int SubscriptionCount => _subscriptions.Length;

    /// <summary>Begins to collect events for a reader.</summary>
    /// <param name="directory">The workspace whose events are collected; null for all workspaces.</param>
    /// <param name="client">
    /// The client that reads, by the name that <see cref="WaitForReadersAsync"/> is given; null where no caller will ask for it.
    /// </param>
    public EventSubscription Subscribe(string? directory, string? client = null)
    {
        lock (_lock)
        {
            var subscription = new EventSubscription(this, directory, client, _published, _options);
            _subscriptions = [.. _subscriptions, subscription];
            return subscription;
        }
    }

    /// <summary>
    /// Publishes the events of one lane. Only the journal calls it, for one group of writes of a lane after another; lanes may call
    /// it at the same time.
    /// </summary>
    public void Publish(IReadOnlyList<PublishedEvent> events)
    {
        if (events.Count == 0)
            return;
        lock (_lock)
        {
            var start = _published;
            for (var i = events.Count - 1; i >= 0; i--)
            {
                if (!events[i].IsDurable)
                    continue;
                _published = start.With(events[i].Lane, events[i].Sequence);
                break;
            }

            if (_subscriptions.Length == 0)
                return;
            var all = new EventBatch(start, [.. events]);
            var byDirectory = new Dictionary<string, EventBatch?>();
            foreach (var subscription in _subscriptions)
            {
                if (subscription.Directory is not { } directory)
                {
                    subscription.Offer(all);
                    continue;
                }

                if (!byDirectory.TryGetValue(directory, out var batch))
                    byDirectory[directory] = batch = all.Of(directory);
                if (batch is not null)
                    subscription.Offer(batch);
            }
        }
    }

    /// <summary>Drops all readers: they come back, and are sent what they have missed.</summary>
    /// <param name="reason">The reason, which they are told.</param>
    internal void DropReaders(string reason)
    {
        // Under the lock, so that no subscription is disposed of meanwhile.
        lock (_lock)
        {
            foreach (var subscription in _subscriptions)
                subscription.Drop(reason);
        }
    }

    /// <summary>
    /// Returns once all events that were published before this call are on their way to the readers of a client. Where a reader
    /// stalls, it does not return until the caller gives up.
    /// </summary>
    /// <param name="client">The client, by the name under which it subscribed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether the client reads events at all.</returns>
    public async Task<bool> WaitForReadersAsync(string client, CancellationToken cancellationToken)
    {
        var readers = Array.FindAll(_subscriptions, subscription => subscription.Client == client);
        foreach (var reader in readers)
            await reader.WaitForSentAsync().WaitAsync(cancellationToken);
        return readers.Length > 0;
    }

    /// <summary>How many bytes of folded events are queued for all readers together.</summary>
    internal long FoldedBytes => Interlocked.Read(ref _folded);

    /// <summary>Reserves bytes of folded events, of which all readers together may hold a limited number.</summary>
    /// <returns>Whether there was room.</returns>
    internal bool TryReserve(long bytes)
    {
        if (Interlocked.Add(ref _folded, bytes) <= _options.MaxFoldedBytes)
            return true;
        Release(bytes);
        return false;
    }

    /// <summary>Gives back what <see cref="TryReserve"/> took.</summary>
    internal void Release(long bytes) => Interlocked.Add(ref _folded, -bytes);

    internal void Remove(EventSubscription subscription)
    {
        lock (_lock)
            _subscriptions = Array.FindAll(_subscriptions, other => other != subscription);
    }
}
