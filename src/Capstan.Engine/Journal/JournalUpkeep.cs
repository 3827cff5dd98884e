using Capstan.Engine.Storage;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Journal;

/// <summary>
/// When the store's upkeep is done, on the journal's thread: in quiet moments, and a step now and then where none comes. Writes wait
/// for a step as for each other.
/// </summary>
internal sealed class JournalUpkeep(IStore store, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BetweenSteps = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongQuiet = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    private long _lastStep = time.GetTimestamp();
    private bool _hasFailed;

    /// <summary>Returns when something waits to be written, and does what there is to do until then.</summary>
    /// <param name="waiting">Completes when something waits, or nothing will any more.</param>
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

    /// <summary>Does a step where none was done for a while: in a store that is never quiet, what was deleted must go all the same.</summary>
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
            // Nothing that was accepted depends on it. What is left to do is tried again later.
            _hasFailed = true;
            Log.UpkeepFailed(logger, exception);
        }
    }
}
