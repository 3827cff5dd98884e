using System.Diagnostics;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Journal;

/// <summary>
/// The only writer of the store. Every change of state goes through the journal and names its session; the changes of one session
/// go through one lane (<see cref="JournalLane"/>), in one order.
/// </summary>
internal sealed class SessionJournal : IAsyncDisposable
{
    private readonly IStore _store;
    private readonly JournalLane[] _lanes;

    /// <summary>Creates the journal and starts its lanes.</summary>
    /// <param name="telemetry">Measures the journal's commits.</param>
    /// <param name="store">The store that the journal writes to.</param>
    /// <param name="hub">The hub that the journal publishes to.</param>
    /// <param name="time">The clock that rows and events are dated by.</param>
    /// <param name="identifiers">Makes the identifiers of events.</param>
    /// <param name="options">The limits of the journal.</param>
    /// <param name="logger">Logs writes that failed.</param>
    /// <param name="scheduler">
    /// Runs the lanes in place of threads of their own, for a simulation that decides what runs when; null starts threads.
    /// </param>
    public SessionJournal(
        EngineTelemetry telemetry,
        IStore store,
        EventHub hub,
        TimeProvider time,
        IdentifierSource identifiers,
        JournalOptions options,
        ILogger<SessionJournal> logger,
        TaskScheduler? scheduler = null)
    {
        _store = store;
        _lanes =
        [
            .. Enumerable.Range(0, store.Lanes.Count).Select(number =>
                new JournalLane(number, telemetry, store, hub, time, identifiers, options, logger, scheduler)),
        ];
    }

    /// <summary>How many items are in the queues.</summary>
    public int Waiting => _lanes.Sum(static lane => lane.Waiting);

    /// <summary>Whether the writes of two sessions are in one order.</summary>
    public bool IsSameLane(string one, string other) =>
        SessionLanes.Of(one, _lanes.Length) == SessionLanes.Of(other, _lanes.Length);

    /// <summary>Queues a write, and returns once the write is durable and its events are published.</summary>
    /// <param name="sessionID">
    /// The session that the write is about; null for what belongs to no session. Apart from it, the write may change only sessions
    /// below it.
    /// </param>
    /// <param name="write">Runs inside the transaction, possibly more than once; touches nothing but the transaction.</param>
    /// <param name="cancellationToken">
    /// Gives up while the queue is full; a write that has a place in the queue is carried out.
    /// </param>
    public Task<T> CommitAsync<T>(string? sessionID, Func<JournalTransaction, T> write, CancellationToken cancellationToken = default) =>
        CommitAsync(sessionID, null, write, cancellationToken);

    /// <inheritdoc cref="CommitAsync{T}(string?, Func{JournalTransaction, T}, CancellationToken)"/>
    public Task CommitAsync(string? sessionID, Action<JournalTransaction> write, CancellationToken cancellationToken = default) =>
        CommitAsync<bool>(
            sessionID,
            transaction =>
            {
                write(transaction);
                return true;
            },
            cancellationToken);

    /// <summary>Queues a write as <see cref="CommitAsync{T}(string?, Func{JournalTransaction, T}, CancellationToken)"/> does, under a lease.</summary>
    /// <param name="sessionID">The session.</param>
    /// <param name="lease">The session's lease, which is checked in the transaction; null for a write that needs none.</param>
    /// <param name="write">Runs inside the transaction.</param>
    /// <param name="cancellationToken">Gives up while the queue is full.</param>
    /// <exception cref="LeaseLostException">The session has another lease now; nothing was written.</exception>
    /// <exception cref="StoreUnavailableException">The store cannot be reached: at the moment, or, under a lease, for long.</exception>
    internal async Task<T> CommitAsync<T>(
        string? sessionID, SessionLease? lease, Func<JournalTransaction, T> write, CancellationToken cancellationToken)
    {
        // A turn waits for its store. Whoever has only begun to ask is told at once, and not after the store's patience.
        if (lease is null && _store.Outage is { } outage)
            throw outage;
        using var span = StartSpan();
        var item = new JournalItem<T>(sessionID, lease, write);
        await LaneOf(sessionID).AddAsync(item, cancellationToken);
        return await item.Completed;
    }

    /// <summary>Queues a write of a turn, in order with all others of its session, and returns without awaiting its commit.</summary>
    /// <param name="sessionID">The session.</param>
    /// <param name="lease">The session's lease, which is checked in the transaction.</param>
    /// <param name="write">Runs inside the transaction, possibly more than once; touches nothing but the transaction.</param>
    /// <param name="failed">Called, on the lane's thread, where the write failed.</param>
    internal ValueTask PostAsync(
        string sessionID, SessionLease lease, Action<JournalTransaction> write, Action<Exception>? failed) =>
        LaneOf(sessionID).AddAsync(new JournalPost(sessionID, lease, write, failed), CancellationToken.None);

    /// <summary>Publishes an event that is not stored, after the events of all writes of its session that were queued before it.</summary>
    public ValueTask PublishLiveAsync(PublishedEvent live) =>
        LaneOf(live.SessionID).AddAsync(new JournalLive(live), CancellationToken.None);

    /// <summary>Writes everything that is in the queues, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var stopping in _lanes.Select(static lane => lane.DisposeAsync().AsTask()).ToList())
            await stopping;
    }

    /// <summary>
    /// Starts a span for the commit, below the span of the caller; where no caller is traced, there is no span.
    /// </summary>
    private static Activity? StartSpan() => Activity.Current is null ? null : EngineTelemetry.Source.StartActivity("journal.commit");

    private JournalLane LaneOf(string? sessionID) => _lanes[SessionLanes.Of(sessionID, _lanes.Length)];
}
