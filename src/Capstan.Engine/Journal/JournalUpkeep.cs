using Capstan.Engine.Storage;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Journal;

/// <summary>
/// Decides when the store's upkeep is done, on the journal's thread: in quiet moments, and one step from time to time where no
/// quiet moment comes. A step holds writes up as another write would.
/// </summary>
internal sealed class JournalUpkeep(IStoreLane store, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BetweenSteps = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongQuiet = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    private long _lastStep = time.GetTimestamp();
    private bool _hasFailed;

    /// <summary>Does the upkeep that is due, and returns when a write is queued or no upkeep is due any more.</summary>
    /// <param name="waiting">
    /// Completes when a write is queued, or when the queue is closed and none will be queued any more.
    /// </param>
    public void RunUntil(Task waiting)
    {
        var isFirst = true;
        while (!waiting.IsCompleted && store.Upkeep is not StoreUpkeep.None and var due)
        {
            var patience = _hasFailed ? AfterFailure : due == StoreUpkeep.Rewrite ? LongQuiet : isFirst ? Quiet : BetweenSteps;
            waiting.WaitAsync(patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
            if (waiting.IsCompleted)
                return;
            Run(due);
            isFirst = false;
        }
    }

    /// <summary>
    /// Does a step where none was done for a while: also in a store that is never quiet, what was deleted must be erased.
    /// </summary>
    public void RunOverdue()
    {
        if (store.Upkeep == StoreUpkeep.Step && !_hasFailed && time.GetElapsedTime(_lastStep) >= Overdue)
            Run(StoreUpkeep.Step);
    }

    private void Run(StoreUpkeep due)
    {
        _lastStep = time.GetTimestamp();
        try
        {
            if (due == StoreUpkeep.Rewrite)
                Log.StoreRewriting(logger);
            store.RunUpkeep();
            if (due == StoreUpkeep.Rewrite)
                Log.StoreRewritten(logger, time.GetElapsedTime(_lastStep).TotalSeconds);
            _hasFailed = false;
        }
        catch (Exception exception)
        {
            // No accepted work depends on upkeep. What is left to do is tried again later.
            _hasFailed = true;
            Log.UpkeepFailed(logger, exception);
        }
    }
}
