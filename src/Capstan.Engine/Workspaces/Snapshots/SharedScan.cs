using System.Diagnostics.CodeAnalysis;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>A look at a directory that several sessions wait for; it is stopped when none of them waits any more.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Without a timer and without links its source holds nothing to be disposed of.")]
internal sealed class SharedScan
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private Task<string>? _task;
    private int _waiting;

    /// <summary>Joins those who wait.</summary>
    /// <param name="look">Looks, for the first who joins; it must yield at once.</param>
    /// <returns>False where the others have given up and it is stopping.</returns>
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

    /// <summary>The tree that was seen. To be called once by each that joined.</summary>
    public async Task<string> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _task!.WaitAsync(cancellationToken);
        }
        finally
        {
            // Asynchronously: what the cancellation sets off must not run under the lock.
            lock (_lock)
                _ = --_waiting == 0 && !_task!.IsCompleted ? _stop.CancelAsync() : Task.CompletedTask;
        }
    }
}
