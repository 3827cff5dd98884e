using System.Diagnostics;
using System.Threading.Channels;
using Capstan.Engine.Storage;
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
/// Invariants: after every signal there is a look into the store that began later than the signal. Because one transaction finds
/// the inbox empty and makes the session idle, no wake is lost (R3). After a failure the runner looks again, as long as the
/// server runs: accepted work must not stay in a session that no runner looks after (R1, R7).
/// </remarks>
internal sealed class SessionRunner
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly Func<TurnHandle, Task<bool>> _runTurn;
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
    /// <param name="logger">Logs failures of the engine, and turns that are left for the next start.</param>
    /// <param name="jitter">
    /// Random numbers from 0 to 1 that spread the pauses; by default always 1, for pauses of full length.
    /// </param>
    /// <param name="scheduler">Where turns run; default the thread pool.</param>
    public SessionRunner(
        string sessionID,
        Func<TurnHandle, Task<bool>> runTurn,
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

    /// <summary>The turn that runs or is about to run; null where there is none.</summary>
    internal TurnHandle? CurrentTurn
    {
        get
        {
            lock (_lock)
                return _turn;
        }
    }

    /// <summary>Asks for a look into the store.</summary>
    /// <param name="retired">Called when the runner ends, because it has found no more work or the server stops.</param>
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
            // The handle is made before this method returns: an abort right after an accepted prompt must reach the prompt's
            // turn.
            _turn = turn = new TurnHandle();
        }

        // Not awaited: the runner outlives the request that woke it, and ends by itself.
        _ = Task.Factory.StartNew(
            () => RunAsync(turn, retired), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
        return true;
    }

    /// <summary>
    /// Lets no further turn begin, and ends a pause at once. A turn that runs goes on; this method does not wait for it.
    /// </summary>
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
                lookAgain = await _runTurn(turn);
                failures = 0;
            }
            catch (LeaseLostException) when (!_isStopped)
            {
                // The next look finds whether the session is this process's again.
                hasFailed = true;
                Log.TurnTakenOver(_logger, SessionID);
                turn.Fail();
            }
            catch (Exception exception) when (!_isStopped)
            {
                // A turn stores its own failures and ends. An exception that arrives here is a failure of the engine or of the
                // store. The store is the truth and still holds the work, so the runner looks again after a pause, as long as the
                // server runs.
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
                // A turn that failed here has not ended. The next look goes on with the same handle, so that an abort of the turn
                // stays asked for.
                next = _isStopped ? null : hasFailed ? turn : lookAgain || _isSignalled ? new TurnHandle() : null;
                _turn = next;
                if (next is null)
                    _state = State.Retired;
            }

            // The handle ends after the next one has taken its place: a caller that awaits this turn and then aborts again must
            // not be given the same handle once more.
            if (next != turn)
                turn.End(isLeft: hasFailed || turn.IsElsewhere);
        }

        retired(this);
    }

    /// <summary>
    /// How long to pause. The pause doubles from one second up to half a minute; up to a quarter of it is taken off at random, so
    /// that sessions that failed together do not come back together.
    /// </summary>
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

        // An abort cuts one pause short and no more: where the turn had been aborted before this look, the full pause is kept, so
        // that a store that goes on failing is not asked in a tight loop.
        await using var aborted = wasAborted ? default : turn.Aborted.Register(() => over.TrySetResult());
        await using var timer = _time.CreateTimer(
            static state => ((TaskCompletionSource)state!).TrySetResult(), over, pause, Timeout.InfiniteTimeSpan);
        await over.Task;
        lock (_lock)
            _pause = null;
    }
}
