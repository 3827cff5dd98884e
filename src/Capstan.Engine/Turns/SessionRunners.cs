using System.Collections.Concurrent;

namespace Capstan.Engine.Turns;

/// <summary>The runners of the sessions that have work. A session without work has no runner and costs nothing.</summary>
internal sealed class SessionRunners(Func<string, SessionRunner> create)
{
    private readonly ConcurrentDictionary<string, SessionRunner> _runners = new();
    private volatile bool _isStopped;

    /// <summary>
    /// Says that a session may have work. The signal is only a hint: the runner looks in the store, at least once after every
    /// signal.
    /// </summary>
    public void Signal(string sessionID)
    {
        while (!_isStopped)
        {
            var runner = _runners.GetOrAdd(sessionID, create);
            if (runner.TrySignal(Retire))
            {
                // Stop may have been called meanwhile and have missed this runner. A runner that is not told to stop goes on
                // after failures for ever.
                if (_isStopped)
                    runner.Stop();
                return;
            }

            // The runner retired after it was found and before it was signalled. A new runner takes its place.
            _runners.TryRemove(new KeyValuePair<string, SessionRunner>(sessionID, runner));
        }
    }

    /// <summary>Aborts the turn of a session, if one runs or is about to run, and returns once the turn has ended.</summary>
    /// <exception cref="TurnNotEndedException">
    /// The turn has not ended, because the attempt failed or the server stops. It is tried again, by the next start at the
    /// latest.
    /// </exception>
    public async Task AbortAsync(string sessionID)
    {
        if (FindTurn(sessionID) is not { } turn)
            return;
        // The outcome is asked for before the abort: in a pause, the abort makes the next attempt begin at once, and that attempt
        // must not be over before its outcome is asked for.
        var outcome = turn.Outcome;
        turn.Abort();
        // An abort is confirmed only when the end of the turn is stored (R1).
        if (!await outcome)
            throw new TurnNotEndedException(sessionID);
    }

    /// <summary>
    /// Aborts the turn of a session that was deleted, and returns once the turn has ended. Failures on the way are not reported:
    /// nothing of the turn is left to be stored.
    /// </summary>
    public Task DismissAsync(string sessionID)
    {
        if (FindTurn(sessionID) is not { } turn)
            return Task.CompletedTask;
        turn.Abort();
        // The runner may be in a pause after an earlier abort that failed. Another abort does not end such a pause; a signal
        // does.
        Signal(sessionID);
        return turn.Ended;
    }

    /// <summary>The turn of a session that runs or is about to run, or null.</summary>
    internal TurnHandle? FindTurn(string sessionID) =>
        _runners.TryGetValue(sessionID, out var runner) ? runner.CurrentTurn : null;

    /// <summary>How many sessions have work.</summary>
    public int Count => _runners.Count;

    /// <summary>Starts no further turns.</summary>
    public void Stop()
    {
        _isStopped = true;
        foreach (var runner in _runners.Values)
            runner.Stop();
    }

    /// <summary>Returns when no turn runs any more.</summary>
    /// <param name="orUntil">
    /// Given a session, a task that completes when the session's turn need not be awaited any longer; null awaits every turn.
    /// </param>
    public Task DrainAsync(Func<string, Task>? orUntil = null) => Task.WhenAll(_runners.Values.Select(runner =>
        runner.CurrentTurn is { Ended: var ended }
            ? orUntil is null ? ended : Task.WhenAny(ended, orUntil(runner.SessionID))
            : Task.CompletedTask));

    /// <summary>
    /// Aborts the turns that still run, so that their processes and connections end, and returns once they have ended. Called
    /// after the journal has closed, so that the aborts are not recorded.
    /// </summary>
    public async Task AbandonAsync()
    {
        var turns = _runners.Values.Select(static runner => runner.CurrentTurn).OfType<TurnHandle>().ToList();
        foreach (var turn in turns)
            turn.Abort();
        foreach (var turn in turns)
            await turn.Ended;
    }

    private void Retire(SessionRunner runner) =>
        _runners.TryRemove(new KeyValuePair<string, SessionRunner>(runner.SessionID, runner));
}
