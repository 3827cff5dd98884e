using Capstan.Engine.Events;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Journal;

/// <summary>
/// The journal as one turn writes to it: every write is one of the turn's session, and is refused once the turn does not hold the
/// session's lease any more.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="sessionID">The session.</param>
/// <param name="lease">The lease that the turn took.</param>
/// <param name="lost">Called, on the journal's thread, where a write failed that the turn does not await.</param>
internal sealed class LeasedJournal(SessionJournal journal, string sessionID, SessionLease lease, Action<Exception> lost)
{
    // A store may be back for writes and not for reads, for which it has no connections left.
    private const int MostReads = 10;

    /// <summary>The session.</summary>
    public string SessionID => sessionID;

    /// <summary>Queues a write, and returns once the write is durable and its events are published.</summary>
    /// <exception cref="LeaseLostException">The turn was taken over; nothing was written.</exception>
    public Task<T> CommitAsync<T>(Func<JournalTransaction, T> write, CancellationToken cancellationToken = default) =>
        journal.CommitAsync(sessionID, lease, write, cancellationToken);

    /// <inheritdoc cref="CommitAsync{T}"/>
    public Task CommitAsync(Action<JournalTransaction> write, CancellationToken cancellationToken = default) => CommitAsync(
        transaction =>
        {
            write(transaction);
            return true;
        },
        cancellationToken);

    /// <summary>
    /// Queues a write, in order with all others, and returns without awaiting its commit. Where the write fails, the turn learns of
    /// that at its next look.
    /// </summary>
    public ValueTask PostAsync(Action<JournalTransaction> write) => journal.PostAsync(sessionID, lease, write, lost);

    /// <summary>
    /// Queues a write whose failure loses nothing, because a later write holds all of it again.
    /// </summary>
    public ValueTask PostCheckpointAsync(Action<JournalTransaction> write) => journal.PostAsync(sessionID, lease, write, null);

    /// <summary>
    /// Reads for the turn. Where the store cannot be reached, this waits as long as a write of the turn waits, and reads again: reads of
    /// clients fail at once, and a turn goes on where the store is back in time.
    /// </summary>
    /// <exception cref="StoreUnavailableException">The store did not come back in time.</exception>
    /// <exception cref="LeaseLostException">The turn was taken over meanwhile.</exception>
    public async Task<T> ReadAsync<T>(Func<CancellationToken, ValueTask<T>> read, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await read(cancellationToken);
            }
            catch (StoreUnavailableException) when (attempt < MostReads)
            {
                // Writes nothing, and yet returns only once the store is back: it checks the lease.
                await CommitAsync(static _ => { }, cancellationToken);
            }
        }
    }

    /// <summary>Publishes an event that is not stored, after the events of all writes that were queued before it.</summary>
    public ValueTask PublishLiveAsync(PublishedEvent live) => journal.PublishLiveAsync(live);
}
