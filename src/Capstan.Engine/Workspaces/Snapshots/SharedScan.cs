using System.Diagnostics.CodeAnalysis;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>One look at a directory for several sessions. It is stopped when none of them wants the result any more.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Without a timer and without links its source holds nothing to be disposed of.")]
internal sealed class SharedScan
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task<string>? _task;
    private int _waiting;

    /// <summary>Adds a session to those that want the result.</summary>
    /// <param name="look">Takes the look, for the first session that joins; the function must yield at once.</param>
    /// <returns>False where all other sessions have given up, so that the look is being stopped.</returns>
    public bool TryJoin(Func<CancellationToken, Task<string>> look)
    {
        lock (_lock)
        {
            if (_stop.IsCancellationRequested)
                return false;
            _waiting++;
            _task ??= look(_stop.Token);
            return true;
        }
    }

    /// <summary>Returns the tree that the look found. Each session that joined calls this once.</summary>
    public async Task<string> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _task!.WaitAsync(cancellationToken);
        }
        finally
        {
            // The cancellation must be asynchronous, because its callbacks must not run under the lock.
            lock (_lock)
                _ = --_waiting == 0 && !_task!.IsCompleted ? _stop.CancelAsync() : Task.CompletedTask;
        }
    }
}
