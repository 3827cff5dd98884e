using System.Diagnostics;
using System.Threading.Channels;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Journal;

/// <summary>
/// The only writer of the store. Every change of state goes through the journal, in one order: it is stored, made durable,
/// published, and its caller goes on.
/// </summary>
/// <remarks>
/// <code>
///   callers ──► bounded queue ──► [ one transaction for all items ] ──commit (fsync)──► hub ──► callers' tasks complete
///                                     the journal's own thread, which also does the store's upkeep while the queue is empty
/// </code>
/// Invariants: a write's events are published only after its commit, in the order of the queue, and before its caller goes on;
/// live deltas travel the same queue, so none overtakes the part that it belongs to; a write that fails leaves nothing behind and
/// takes no other write with it.
/// </remarks>
internal sealed class SessionJournal : IAsyncDisposable
{
    // A full queue holds producers up, so that the engine goes at the pace of the store.
    private const int QueueLength = 1024;
    private const int LargestGroup = 512;

    private readonly IStore _store;
    private readonly EventHub _hub;
    private readonly JournalTransaction _transaction;
    private readonly JournalRetention _retention;
    private readonly JournalUpkeep _upkeep;
    private readonly ILogger _logger;
    private readonly EngineTelemetry _telemetry;
    private readonly TimeProvider _time;
    private readonly Channel<JournalItem> _queue = Channel.CreateBounded<JournalItem>(
        new BoundedChannelOptions(QueueLength) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly Task _stopped;

    /// <summary>Creates the journal and starts its thread.</summary>
    /// <param name="telemetry">Measures the journal's commits.</param>
    /// <param name="store">The store that the journal writes to.</param>
    /// <param name="hub">The hub that the journal publishes to.</param>
    /// <param name="time">The clock that rows and events are dated by.</param>
    /// <param name="identifiers">Makes the identifiers of events.</param>
    /// <param name="options">The limits of the journal.</param>
    /// <param name="logger">Logs writes that failed.</param>
    /// <param name="scheduler">
    /// Runs the journal in place of a thread of its own, for a simulation that decides what runs when; null starts a thread.
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
        _telemetry = telemetry;
        _time = time;
        _store = store;
        _hub = hub;
        _logger = logger;
        _transaction = new JournalTransaction(time, identifiers);
        _retention = new JournalRetention(options, store.LastEventSequence);
        _upkeep = new JournalUpkeep(store, time, logger);
        _stopped = scheduler is null
            ? RunOnOwnThread()
            : Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
    }

    /// <summary>Queues a write, and returns once the write is durable and its events are published.</summary>
    /// <param name="write">Runs inside the transaction, possibly more than once; touches nothing but the transaction.</param>
    /// <param name="cancellationToken">
    /// Gives up while the queue is full; a write that has a place in the queue is carried out.
    /// </param>
    public async Task<T> CommitAsync<T>(Func<JournalTransaction, T> write, CancellationToken cancellationToken = default)
    {
        using var span = StartSpan();
        var item = new JournalItem<T>(write);
        await _queue.Writer.WriteAsync(item, cancellationToken);
        return await item.Completed;
    }

    /// <inheritdoc cref="CommitAsync{T}"/>
    public Task CommitAsync(Action<JournalTransaction> write, CancellationToken cancellationToken = default) =>
        CommitAsync<bool>(
            transaction =>
            {
                write(transaction);
                return true;
            },
            cancellationToken);

    /// <summary>Queues a write, in order with all others, and returns without awaiting its commit.</summary>
    /// <param name="write">As in <see cref="CommitAsync{T}"/>.</param>
    /// <param name="failed">Called, on the journal's thread, where the write failed.</param>
    /// <param name="cancellationToken">Gives up while the queue is full.</param>
    public ValueTask PostAsync(
        Action<JournalTransaction> write, Action<Exception>? failed = null, CancellationToken cancellationToken = default) =>
        _queue.Writer.WriteAsync(new JournalPost(write, failed), cancellationToken);

    /// <summary>Publishes an event that is not stored, after the events of all writes that were queued before it.</summary>
    public ValueTask PublishLiveAsync(PublishedEvent live, CancellationToken cancellationToken = default) =>
        _queue.Writer.WriteAsync(new JournalLive(live), cancellationToken);

    /// <summary>How many items are in the queue.</summary>
    internal int Waiting => _queue.Reader.Count;

    /// <summary>Writes everything that is in the queue, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _stopped;
    }

    private Task RunOnOwnThread()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            var group = new List<JournalItem>(LargestGroup);
            while (WaitForWork())
            {
                WriteWaiting(group);
                _upkeep.RunOverdue();
            }

            stopped.SetResult();
        })
        {
            IsBackground = true,
            Name = "capstan-journal",
        };
        thread.Start();
        return stopped.Task;
    }

    private bool WaitForWork()
    {
        var waiting = _queue.Reader.WaitToReadAsync().AsTask();
        _upkeep.RunUntil(waiting);
        return waiting.GetAwaiter().GetResult();
    }

    private async Task RunAsync()
    {
        var group = new List<JournalItem>(LargestGroup);
        while (await _queue.Reader.WaitToReadAsync())
            WriteWaiting(group);
    }

    /// <summary>
    /// Starts a span for the commit, below the span of the caller; where no caller is traced, there is no span.
    /// </summary>
    private static Activity? StartSpan() => Activity.Current is null ? null : EngineTelemetry.Source.StartActivity("journal.commit");

    private void WriteWaiting(List<JournalItem> group)
    {
        while (group.Count < LargestGroup && _queue.Reader.TryRead(out var item))
            group.Add(item);
        if (!TryWrite(group))
        {
            // One item of the group is at fault. Written alone, each item fails or succeeds by itself.
            foreach (var item in group)
                WriteAlone(item);
        }

        group.Clear();
    }

    private bool TryWrite(List<JournalItem> group)
    {
        var hasWrites = group.Exists(static item => item.IsWrite);
        try
        {
            if (hasWrites)
            {
                using var write = _store.Begin();
                _transaction.Start(write);
                foreach (var item in group)
                    item.Apply(_transaction);
                _transaction.Finish();
                _retention.Apply(write, _transaction.LastSequence, _transaction.EventBytes);
                var start = _telemetry.CommitDuration.Enabled ? _time.GetTimestamp() : 0;
                write.Commit();
                if (start != 0)
                {
                    _telemetry.CommitDuration.Record(_time.GetElapsedTime(start).TotalSeconds);
                    _telemetry.CommitWrites.Add(group.Count);
                }
            }
            else
            {
                _transaction.Start(null);
                foreach (var item in group)
                    item.Apply(_transaction);
            }
        }
        catch (Exception exception) when (group.Count > 1)
        {
            _transaction.Forget();
            Log.JournalGroupFailed(_logger, exception, group.Count);
            return false;
        }
        catch (Exception exception)
        {
            _transaction.Forget();
            Log.JournalWriteFailed(_logger, exception);
            group[0].Fail(exception);
            return true;
        }

        _hub.Publish(_transaction.Events);
        foreach (var item in group)
            item.Complete();
        return true;
    }

    private void WriteAlone(JournalItem item) => TryWrite([item]);
}
