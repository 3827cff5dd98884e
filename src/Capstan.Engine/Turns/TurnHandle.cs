using System.Diagnostics.CodeAnalysis;

namespace Capstan.Engine.Turns;

/// <summary>One turn, seen from outside: it can be aborted, and waited for. Both do nothing once it has ended.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing; it may be cancelled after the end.")]
internal sealed class TurnHandle
{
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<bool> _outcome = NewOutcome();

    /// <summary>Cancelled when the turn is aborted.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>Completes when the turn has ended and its last event is published.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Aborts the turn.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>Completes with whether the turn has ended and its end is stored, once the present try is over, or the next one.</summary>
    public Task<bool> Outcome => Volatile.Read(ref _outcome).Task;

    /// <summary>A try has failed; there will be another.</summary>
    public void Fail() => Interlocked.Exchange(ref _outcome, NewOutcome()).TrySetResult(false);

    /// <summary>The turn has ended.</summary>
    /// <param name="isLeft">Whether in the middle: its end is not stored.</param>
    public void End(bool isLeft)
    {
        _ended.TrySetResult();
        _outcome.TrySetResult(!isLeft);
    }

    private static TaskCompletionSource<bool> NewOutcome() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
