using System.Diagnostics.CodeAnalysis;

namespace Capstan.Engine.Sessions;

/// <summary>One turn, seen from outside: it can be aborted, and waited for. Both do nothing once it has ended.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing; it may be cancelled after the end.")]
internal sealed class TurnHandle
{
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Cancelled when the turn is aborted.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>Completes when the turn has ended and its last event is published.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Aborts the turn.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>Whether it was left in the middle for the next start of the server.</summary>
    public bool IsLeft { get; private set; }

    /// <summary>The turn has ended.</summary>
    /// <param name="isLeft">Whether in the middle: its end is not stored.</param>
    public void End(bool isLeft)
    {
        IsLeft = isLeft;
        _ended.TrySetResult();
    }
}
