using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Turns;

/// <summary>Runs the turns of one session, one after another, as long as the store holds work for it.</summary>
/// <remarks>
/// <code>
///             TrySignal                      nothing found, no signal since; or the server stops
///   new ────────────────► looking ────────────────────────────────────────► retired (a later signal makes a new runner)
///                          ▲   │ work found                                    ▲
///        turn ended        │   ▼                                               │
///                          ├─ running a turn ◄── signals are remembered and    │
///                          │   │                 lead to one more look         │
///   pause over, signalled  │   ▼ the engine or the store failed                │
///   or aborted             └─ pausing ─────────────────────────────────────────┘ the server stops
/// </code>
/// Invariants: after every signal there is a look into the store that began later. With the transaction that finds the inbox empty
/// and makes the session idle in one, no wake is lost (R3). After a failure there is another look as long as the server runs: what
/// was accepted must not sit in a session that nobody looks after (R1, R7).
/// </remarks>
public sealed class SessionRunner
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Func<CancellationToken, Task<bool>> _runTurn;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Func<double> _jitter;
    private readonly TaskScheduler _scheduler;
    private readonly Lock _lock = new();
    private State _state = State.New;
    private bool _isSignalled;
    private volatile bool _isStopped;
    private TurnHandle? _turn;
    private TaskCompletionSource? _pause;

    /// <summary>Creates a runner.</summary>
    /// <param name="sessionID">The session.</param>
    /// <param name="runTurn">Looks for work, runs one turn if there is any, and tells whether to look again.</param>
    /// <param name="time">Measures the pause after a failure of the engine.</param>
    /// <param name="logger">Where such failures go.</param>
    /// <param name="jitter">Chance for the spread of those pauses, 0 to 1; default none.</param>
    /// <param name="scheduler">Where turns run; default the thread pool.</param>
    public SessionRunner(
        string sessionID,
        Func<CancellationToken, Task<bool>> runTurn,
        TimeProvider time,
        ILogger logger,
        Func<double>? jitter = null,
        TaskScheduler? scheduler = null)
    {
        _jitter = jitter ?? (static () => 1);
        _scheduler = scheduler ?? TaskScheduler.Default;
        _time = time;
        SessionID = sessionID;
        _runTurn = runTurn;
        _logger = logger;
    }

    private enum State
    {
        New,
        Running,
        Retired,
    }

    /// <summary>The session.</summary>
    public string SessionID { get; }

    /// <summary>The turn that runs or is about to, or null.</summary>
    internal TurnHandle? CurrentTurn
    {
        get
        {
            lock (_lock)
                return _turn;
        }
    }

    /// <summary>Asks for a look into the store.</summary>
    /// <param name="retired">Called when the runner has found nothing more and ends.</param>
    /// <returns>False where the runner has retired already.</returns>
    internal bool TrySignal(Action<SessionRunner> retired)
    {
        TurnHandle turn;
        lock (_lock)
        {
            if (_state == State.Retired)
                return false;
            _isSignalled = true;
            if (_state == State.Running)
            {
                _pause?.TrySetResult();
                return true;
            }

            _state = State.Running;
            // Before this returns there is something to abort: an abort right after an accepted prompt must reach its turn.
            _turn = turn = new TurnHandle();
        }

        // Not awaited: the runner outlives the request that woke it, and ends by itself.
        _ = Task.Factory.StartNew(
            () => RunAsync(turn, retired), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
        return true;
    }

    /// <summary>Begins no further turn, and waits for none: a pause ends at once.</summary>
    internal void Stop()
    {
        lock (_lock)
        {
            _isStopped = true;
            _pause?.TrySetResult();
        }
    }

    private async Task RunAsync(TurnHandle turn, Action<SessionRunner> retired)
    {
        // The runner outlives the request that woke it; its turns are no part of that request's trace.
        Activity.Current = null;
        var failures = 0;
        for (var next = turn; next is not null;)
        {
            turn = next;
            lock (_lock)
                _isSignalled = false;
            var wasAborted = turn.Aborted.IsCancellationRequested;
            var lookAgain = false;
            var hasFailed = false;
            try
            {
                lookAgain = await _runTurn(turn.Aborted);
                failures = 0;
            }
            catch (Exception exception) when (!_isStopped)
            {
                // The turn closes its own failures. What arrives here is the engine's or the store's, and the store is the truth:
                // it still holds the work, so look again in a while, for ever.
                hasFailed = true;
                var pause = PauseAfter(++failures);
                Log.LookFailed(_logger, exception, SessionID, failures, _time.GetUtcNow() + pause);
                turn.Fail();
                await PauseAsync(turn, wasAborted, pause);
            }
            catch (Exception exception)
            {
                hasFailed = true;
                Log.TurnLeft(_logger, SessionID, exception is ChannelClosedException ? "the server stopped first" : exception.Message);
            }

            lock (_lock)
            {
                // What failed has not ended: what was asked of it, an abort, is asked of the next look.
                next = _isStopped ? null : hasFailed ? turn : lookAgain || _isSignalled ? new TurnHandle() : null;
                _turn = next;
                if (next is null)
                    _state = State.Retired;
            }

            // After the swap: whoever waited for this turn and then aborts again must not be given this one once more.
            if (next != turn)
                turn.End(isLeft: hasFailed);
        }

        retired(this);
    }

    /// <summary>Doubles from one second up to half a minute, a quarter of it by chance: sessions that failed together come back apart.</summary>
    private TimeSpan PauseAfter(int failures)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(failures, 16) - 1);
        return (pause < LongestPause ? pause : LongestPause) * (0.75 + (_jitter() / 4));
    }

    /// <summary>Returns when the pause is over, or with the next signal, abort or stop.</summary>
    private async Task PauseAsync(TurnHandle turn, bool wasAborted, TimeSpan pause)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_isSignalled || _isStopped)
                return;
            _pause = over;
        }

        // An abort hurries one look, and no more: a store that goes on failing is not asked in a loop.
        await using var aborted = wasAborted ? default : turn.Aborted.Register(() => over.TrySetResult());
        await using var timer = _time.CreateTimer(
            static state => ((TaskCompletionSource)state!).TrySetResult(), over, pause, Timeout.InfiniteTimeSpan);
        await over.Task;
        lock (_lock)
            _pause = null;
    }
}
