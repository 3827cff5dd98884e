using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Sessions;

/// <summary>Runs the turns of one session, one after another, as long as the store holds work for it.</summary>
/// <remarks>
/// <code>
///             TrySignal                      nothing found, no signal since; or the server stops
///   new ────────────────► looking ────────────────────────────────────────► retired (a later signal makes a new runner)
///                          ▲   │ work found
///        turn ended        │   ▼
///                          └─ running a turn ◄── signals are remembered and lead to one more look
/// </code>
/// Invariant: after every signal there is a look into the store that began later. With the transaction that finds the inbox empty
/// and makes the session idle in one, no wake is lost (R3).
/// </remarks>
public sealed class SessionRunner
{
    private const int MaxFailures = 5;

    private readonly Func<CancellationToken, Task<bool>> _runTurn;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly TaskScheduler _scheduler;
    private readonly Lock _lock = new();
    private State _state = State.New;
    private bool _isSignalled;
    private volatile bool _isStopped;
    private TurnHandle? _turn;

    /// <summary>Creates a runner.</summary>
    /// <param name="sessionID">The session.</param>
    /// <param name="runTurn">Looks for work, runs one turn if there is any, and tells whether to look again.</param>
    /// <param name="time">Measures the pause after a failure of the engine.</param>
    /// <param name="logger">Where such failures go.</param>
    /// <param name="scheduler">Where turns run; default the thread pool.</param>
    public SessionRunner(
        string sessionID,
        Func<CancellationToken, Task<bool>> runTurn,
        TimeProvider time,
        ILogger logger,
        TaskScheduler? scheduler = null)
    {
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
                return true;
            _state = State.Running;
            // Before this returns there is something to abort: an abort right after an accepted prompt must reach its turn.
            _turn = turn = new TurnHandle();
        }

        // Not awaited: the runner outlives the request that woke it, and ends by itself.
        _ = Task.Factory.StartNew(
            () => RunAsync(turn, retired), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _scheduler);
        return true;
    }

    /// <summary>Begins no further turn.</summary>
    internal void Stop()
    {
        lock (_lock)
            _isStopped = true;
    }

    private async Task RunAsync(TurnHandle turn, Action<SessionRunner> retired)
    {
        var failures = 0;
        for (var next = turn; next is not null;)
        {
            turn = next;
            lock (_lock)
                _isSignalled = false;
            var lookAgain = false;
            try
            {
                lookAgain = await _runTurn(turn.Aborted);
                failures = 0;
            }
            catch (Exception exception) when (!_isStopped)
            {
                // The turn closes its own failures. What arrives here is the engine's or the store's, and the store is the truth:
                // it still holds the work, so look again in a while.
                Log.TurnFailed(_logger, exception, SessionID);
                lookAgain = ++failures <= MaxFailures;
                await Task.Delay(TimeSpan.FromSeconds(failures), _time);
            }
            catch (Exception exception)
            {
                Log.TurnLeft(_logger, SessionID, exception.GetType().Name);
            }

            lock (_lock)
            {
                next = (lookAgain || _isSignalled) && !_isStopped ? new TurnHandle() : null;
                _turn = next;
                if (next is null)
                    _state = State.Retired;
            }

            // After the swap: whoever waited for this turn and then aborts again must not be given this one once more.
            turn.End();
        }

        retired(this);
    }
}
