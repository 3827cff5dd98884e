using Capstan.Engine.Storage;

namespace Capstan.Engine.Turns;

/// <summary>Stops turns from outside: a turn is told, ends by itself, and stores its end; nobody else touches it (R4).</summary>
public sealed class TurnControl
{
    private readonly IStore _store;
    private readonly SessionRunners _runners;

    internal TurnControl(IStore store, SessionRunners runners) => (_store, _runners) = (store, runners);

    /// <summary>Aborts what a session and its children are doing, and returns once it has ended. Idle sessions stay as they are.</summary>
    /// <exception cref="TurnNotEndedException">The store failed or the server stopped before a turn had ended.</exception>
    public async Task AbortAsync(string sessionID, CancellationToken cancellationToken)
    {
        var children = await _store.ListSessionsAsync(
            new SessionQuery { ParentID = sessionID, Limit = int.MaxValue }, cancellationToken);
        // All are told, whatever becomes of one of them.
        await Task.WhenAll([
            .. children.Select(child => AbortAsync(child.Info.ID, cancellationToken)),
            _runners.AbortAsync(sessionID).WaitAsync(cancellationToken),
        ]);
    }

    /// <summary>Aborts the turn that runs, unless it is the one that has taken the interrupting prompt up already.</summary>
    internal async Task InterruptAsync(string sessionID, string messageID, CancellationToken cancellationToken)
    {
        // The turn is named first and the inbox read second: a turn that takes the prompt up after that is another one.
        var running = _runners.FindTurn(sessionID);
        var inbox = await _store.ReadInboxAsync(sessionID, cancellationToken);
        if (inbox.Any(row => row.MessageID == messageID && row.TurnID is null))
            running?.Abort();
    }
}
