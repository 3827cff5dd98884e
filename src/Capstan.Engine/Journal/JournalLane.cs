using System.Threading.Channels;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Journal;

/// <summary>
/// One ordered writer: every change of its sessions goes through it, in one order. It is stored, made durable, published, and its
/// caller goes on.
/// </summary>
/// <remarks>
/// <code>
///   callers ──► bounded queue ──► [ one transaction for all items ] ──commit (fsync)──► hub ──► callers' tasks complete
///                                     the lane's own thread, which also does the store's upkeep while the queue is empty
/// </code>
/// Invariants: a write's events are published only after its commit, in the order of the queue, and before its caller goes on;
/// live deltas travel the same queue, so none overtakes the part that it belongs to; a write that fails leaves nothing behind and
/// takes no other write with it.
/// </remarks>
internal sealed class JournalLane : IAsyncDisposable
{
    // A full queue holds producers up, so that the engine goes at the pace of the store.
    private const int QueueLength = 1024;
    private const int LargestGroup = 512;
    // How often a write is tried that met a write of another lane: each time, the other lane has got on.
    private const int MostAttempts = 5;

    private readonly int _number;
    private readonly IStore _reader;
    private readonly IStoreLane _store;
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
    // The number of the last event that was published.
    private long _published;
    // Whether a write failed of which it is not known whether it was stored.
    private bool _isInDoubt;

    /// <summary>Creates the lane and starts its thread.</summary>
    /// <param name="number">The lane's number, from 0.</param>
    /// <param name="telemetry">Measures the lane's commits.</param>
    /// <param name="store">The store that the lane writes to.</param>
    /// <param name="hub">The hub that the lane publishes to.</param>
    /// <param name="time">The clock that rows and events are dated by.</param>
    /// <param name="identifiers">Makes the identifiers of events.</param>
    /// <param name="options">The limits of the journal.</param>
    /// <param name="logger">Logs writes that failed.</param>
    /// <param name="scheduler">
    /// Runs the lane in place of a thread of its own, for a simulation that decides what runs when; null starts a thread.
    /// </param>
    public JournalLane(
        int number,
        EngineTelemetry telemetry,
        IStore store,
        EventHub hub,
        TimeProvider time,
        IdentifierSource identifiers,
        JournalOptions options,
        ILogger logger,
        TaskScheduler? scheduler)
    {
        _number = number;
        _telemetry = telemetry;
        _time = time;
        _reader = store;
        _store = store.Lanes[number];
        _published = store.NewestCursor[number];
        _hub = hub;
        _logger = logger;
        _transaction = new JournalTransaction(number, store.Epoch, time, identifiers);
        _retention = new JournalRetention(options, store.NewestCursor[number], store.Lanes.Count);
        _upkeep = new JournalUpkeep(_store, time, logger);
        _stopped = scheduler is null
            ? RunOnOwnThread()
            : Task.Factory.StartNew(RunAsync, CancellationToken.None, TaskCreationOptions.None, scheduler).Unwrap();
    }

    /// <summary>How many items are in the queue.</summary>
    public int Waiting => _queue.Reader.Count;

    /// <summary>Queues an item; waits while the queue is full.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Gives up while the queue is full.</param>
    public ValueTask AddAsync(JournalItem item, CancellationToken cancellationToken) => _queue.Writer.WriteAsync(item, cancellationToken);

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
            Name = $"capstan-journal-{_number}",
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

    private void WriteAlone(JournalItem item)
    {
        for (var attempt = 1; !TryWrite([item], mayFail: attempt == MostAttempts); attempt++)
        {
            // The write met one of another lane, which has got on meanwhile.
        }
    }

    /// <summary>Writes items in one transaction, and completes them.</summary>
    /// <param name="group">The items.</param>
    /// <param name="mayFail">Whether an item that is alone fails at once, also where another attempt may succeed.</param>
    /// <returns>False where nothing was written and the items are to be tried again, each alone.</returns>
    private bool TryWrite(List<JournalItem> group, bool mayFail = false)
    {
        var hasWrites = group.Exists(static item => item.IsWrite);
        try
        {
            if (hasWrites)
                Write(group);
            else
                _transaction.CollectLive(group);
        }
        catch (StoreUnavailableException exception)
        {
            // Whether the write was stored is not known, so it must not be made again: whoever sent it asks again, by the same
            // identifiers, and a turn looks what is there.
            _transaction.Forget();
            _isInDoubt = true;
            Log.JournalWriteFailed(_logger, exception);
            foreach (var item in group)
                item.Fail(exception);
            return true;
        }
        catch (Exception exception) when (group.Count > 1)
        {
            _transaction.Forget();
            Log.JournalGroupFailed(_logger, exception, group.Count);
            return false;
        }
        catch (StoreConflictException) when (!mayFail)
        {
            _transaction.Forget();
            return false;
        }
        catch (Exception exception)
        {
            _transaction.Forget();
            if (exception is not LeaseLostException)
                Log.JournalWriteFailed(_logger, exception);
            group[0].Fail(exception);
            return true;
        }

        if (hasWrites && _isInDoubt)
            PublishMissed(upTo: _transaction.FirstSequence - 1 ?? long.MaxValue);
        if (_transaction.FirstSequence is not null)
            _published = _transaction.LastSequence;
        _hub.Publish(_transaction.Events);
        foreach (var item in group)
            item.Complete();
        return true;
    }

    /// <summary>
    /// Publishes the events of writes that failed although they were stored: the store went away before it could say so. Readers
    /// must not miss them.
    /// </summary>
    private void PublishMissed(long upTo)
    {
        try
        {
            var start = EventCursor.Start(_reader.Lanes.Count);
            while (_published < upTo)
            {
                var page = _reader.ReadEventsAsync(
                    start.With(_number, _published), start.With(_number, upTo), null, LargestGroup, CancellationToken.None).AsTask().GetAwaiter().GetResult();
                if (page.Count == 0)
                    break;
                _hub.Publish(page);
                _published = page[^1].Sequence;
            }

            _isInDoubt = false;
        }
        catch (StoreUnavailableException)
        {
            // The store is away again. Readers that come back are sent what they have missed.
            _hub.DropReaders("Events were missed while the store was away. Reconnect with Last-Event-ID.");
        }
    }

    private void Write(List<JournalItem> group)
    {
        using var write = _store.Begin(group.ConvertAll(static item => item.SessionID).FindAll(static id => id is not null)!);
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
}
