using System.Collections.Concurrent;

namespace Capstan.Engine.Turns;

/// <summary>The runners of sessions that have work; a session without work has none and costs nothing.</summary>
public sealed class SessionRunners(Func<string, SessionRunner> create)
{
    private readonly ConcurrentDictionary<string, SessionRunner> _runners = new();
    private volatile bool _isStopped;

    /// <summary>
    /// Says that a session may have work. Only a hint: the runner looks in the store, and it looks at least once after every signal.
    /// </summary>
    public void Signal(string sessionID)
    {
        while (!_isStopped)
        {
            var runner = _runners.GetOrAdd(sessionID, create);
            if (runner.TrySignal(Retire))
            {
                // Stopped meanwhile, and perhaps not among those that were told: a runner never gives up by itself.
                if (_isStopped)
                    runner.Stop();
                return;
            }

            // It retired between our finding it and signalling it; a new one takes its place.
            _runners.TryRemove(new KeyValuePair<string, SessionRunner>(sessionID, runner));
        }
    }

    /// <summary>Aborts the turn of a session, if one runs or is about to, and returns once it has ended.</summary>
    /// <exception cref="TurnNotEndedException">The try to end it failed; it will be tried again, by the next start at the latest.</exception>
    public async Task AbortAsync(string sessionID)
    {
        if (FindTurn(sessionID) is not { } turn)
            return;
        // Asked for first: in a pause, the abort makes the next try begin at once.
        var outcome = turn.Outcome;
        turn.Abort();
        // An abort that is confirmed is stored.
        if (!await outcome)
            throw new TurnNotEndedException(sessionID);
    }

    /// <summary>Aborts the turn of a session that is gone, and returns once it has ended: there is nothing left that could fail.</summary>
    public Task DismissAsync(string sessionID)
    {
        if (FindTurn(sessionID) is not { } turn)
            return Task.CompletedTask;
        turn.Abort();
        // It may be pausing after an abort that failed already.
        Signal(sessionID);
        return turn.Ended;
    }

    /// <summary>The turn of a session that runs or is about to, or null.</summary>
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
    /// <param name="orUntil">Ends where the turn of a session is not to be waited for any longer; null waits for all.</param>
    public Task DrainAsync(Func<string, Task>? orUntil = null) => Task.WhenAll(_runners.Values.Select(runner =>
        runner.CurrentTurn is { Ended: var ended }
            ? orUntil is null ? ended : Task.WhenAny(ended, orUntil(runner.SessionID))
            : Task.CompletedTask));

    /// <summary>Stops what still runs, its processes and connections, after the journal has closed.</summary>
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
