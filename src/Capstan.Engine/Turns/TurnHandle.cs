using System.Diagnostics.CodeAnalysis;

namespace Capstan.Engine.Turns;

/// <summary>
/// One turn as seen from outside: a caller can abort it and await its end. Once the turn has ended, an abort has no effect and
/// nothing is left to await.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source without a timer holds nothing; it may be cancelled after the end.")]
internal sealed class TurnHandle
{
    private readonly CancellationTokenSource _abort = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<bool> _outcome = NewOutcome();

    /// <summary>Cancelled when the turn is aborted.</summary>
    public CancellationToken Aborted => _abort.Token;

    /// <summary>
    /// Completes when the turn has ended and its last event is published, or when the turn was left for the next start.
    /// </summary>
    public Task Ended => _ended.Task;

    /// <summary>
    /// Whether the turn has looked into the inbox, and has taken up the prompts that it begins with. Set in the journal's transaction
    /// of that look.
    /// </summary>
    public bool HasLooked { get; set; }

    /// <summary>Whether another process has taken the turn over, so that it goes on there.</summary>
    public bool IsElsewhere { get; set; }

    /// <summary>Aborts the turn.</summary>
    public void Abort() => _abort.Cancel();

    /// <summary>
    /// Completes when the present attempt to run the turn is over, or in a pause the next attempt: with true where the turn has
    /// ended and its end is stored, with false where the attempt failed or the turn was left for the next start.
    /// </summary>
    public Task<bool> Outcome => Volatile.Read(ref _outcome).Task;

    /// <summary>Notes that an attempt has failed; there will be another.</summary>
    public void Fail()
    {
        HasLooked = false;
        Interlocked.Exchange(ref _outcome, NewOutcome()).TrySetResult(false);
    }

    /// <summary>Notes that the turn has ended.</summary>
    /// <param name="isLeft">
    /// Whether the turn was left in the middle, for the next start or for another process, so that its end is not stored.
    /// </param>
    public void End(bool isLeft)
    {
        _ended.TrySetResult();
        _outcome.TrySetResult(!isLeft);
    }

    private static TaskCompletionSource<bool> NewOutcome() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
