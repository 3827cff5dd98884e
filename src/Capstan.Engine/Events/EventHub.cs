namespace Capstan.Engine.Events;

/// <summary>
/// Hands events to readers: in the order of the journal, never waiting for a reader, never holding more for one than its bounds.
/// </summary>
/// <remarks>
/// <code>
///   journal ──► Publish(batch) ──► one bounded queue a subscription ──► reader
///                                        │ full: deltas are folded, if the reader reads; or else
///                                        │ the subscription is closed with a reason; the others never notice
/// </code>
/// Invariant: a subscription sees every event after the sequence number that it was given at its start, in order, until it ends.
/// </remarks>
public sealed class EventHub
{
    private readonly Lock _lock = new();
    private readonly EventHubOptions _options;
    private EventSubscription[] _subscriptions = [];
    private long _published;
    private long _folded;

    /// <summary>Creates the hub.</summary>
    /// <param name="options">Bounds of each subscription.</param>
    /// <param name="lastSequence">The newest event of the store, which is taken as published.</param>
    public EventHub(EventHubOptions options, long lastSequence)
    {
        _options = options;
        _published = lastSequence;
    }

    /// <summary>How many readers there are.</summary>
    public int SubscriptionCount => _subscriptions.Length;

    /// <summary>Begins to collect events for a reader.</summary>
    /// <param name="directory">Only those of this workspace, or of all where null.</param>
    /// <param name="client">Who reads, for <see cref="WaitForReadersAsync"/>; null where nobody asks.</param>
    public EventSubscription Subscribe(string? directory, string? client = null)
    {
        lock (_lock)
        {
            var subscription = new EventSubscription(this, directory, client, _published, _options);
            _subscriptions = [.. _subscriptions, subscription];
            return subscription;
        }
    }

    /// <summary>Publishes events. Only the journal's thread calls it, and those that announce for the server as a whole.</summary>
    public void Publish(IReadOnlyList<PublishedEvent> events)
    {
        if (events.Count == 0)
            return;
        lock (_lock)
        {
            for (var i = events.Count - 1; i >= 0; i--)
            {
                if (!events[i].IsDurable)
                    continue;
                _published = events[i].Sequence;
                break;
            }

            if (_subscriptions.Length == 0)
                return;
            var all = new EventBatch([.. events]);
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

    /// <summary>
    /// Waits until all that was published before this call is on its way to the readers of a client. A reader that stalls is waited for
    /// until the caller gives up.
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

    /// <summary>Ends the subscriptions of a workspace once they have seen what was published.</summary>
    public void Close(string directory, string reason)
    {
        foreach (var subscription in _subscriptions)
        {
            if (subscription.Directory == directory)
                subscription.End(reason);
        }
    }

    /// <summary>Bytes that wait folded.</summary>
    internal long FoldedBytes => Interlocked.Read(ref _folded);

    /// <summary>Takes bytes from what all readers together may hold folded.</summary>
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
