namespace Capstan.Testing.Models;

/// <summary>
/// Holds a stream at a chosen point until the test lets it go, so that a test waits on signals and never on a clock.
/// Once opened a gate stays open: a retried call passes it.
/// </summary>
/// <param name="after">How many content chunks go out before the stream stops; 0 stops right after the headers.</param>
public sealed class ModelGate(int after = 0)
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>How many content chunks go out before the stream stops.</summary>
    public int After { get; } = after;

    /// <summary>Completes when a stream has sent everything before the gate; fails where none does within a minute.</summary>
    public Task Reached => _reached.Task.WaitAsync(SafetyNet);

    /// <summary>Lets the stream, and every later one, through.</summary>
    public void Open() => _opened.TrySetResult();

    internal Task PassAsync(CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        return _opened.Task.WaitAsync(cancellationToken);
    }
}
