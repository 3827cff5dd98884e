using Capstan.Engine.Journal;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Turns;

/// <summary>
/// Stops turns from outside. A turn is only told to stop: it ends by itself and stores its own end, because nobody else changes a
/// running turn (R4).
/// </summary>
public sealed class TurnControl
{
    private readonly IStore _store;
    private readonly SessionJournal _journal;
    private readonly SessionRunners _runners;

    internal TurnControl(IStore store, SessionJournal journal, SessionRunners runners) =>
        (_store, _journal, _runners) = (store, journal, runners);

    /// <summary>
    /// Aborts the turns of a session and of all sessions below it, and returns once these turns have ended. Idle sessions stay as
    /// they are.
    /// </summary>
    /// <exception cref="TurnNotEndedException">The store failed or the server stopped before a turn had ended.</exception>
    public async Task AbortAsync(string sessionID, CancellationToken cancellationToken)
    {
        var children = await _store.ListChildrenAsync(sessionID, cancellationToken);
        // All aborts are begun before any of them is awaited, so that one that fails does not keep the others from being told.
        await Task.WhenAll([
            .. children.Select(child => AbortAsync(child, cancellationToken)),
            _runners.AbortAsync(sessionID).WaitAsync(cancellationToken),
        ]);
    }

    /// <summary>
    /// Aborts the turn that runs for other prompts, so that the interrupting prompt gets a turn of its own at once.
    /// </summary>
    internal async Task InterruptAsync(string sessionID, string messageID)
    {
        TurnHandle? turn;
        try
        {
            // Decided inside the journal, where the first look of a turn is before or after this decision. A turn that has looked, and
            // has left the prompt in the inbox, is in the prompt's way. A turn that is yet to look will take the prompt up itself.
            turn = await _journal.CommitAsync(
                sessionID,
                transaction => transaction.Rows.FindInbox(sessionID).Any(row => row.ID == messageID && row.TurnID is null)
                    && _runners.FindTurn(sessionID) is { HasLooked: true } running
                        ? running
                        : null,
                CancellationToken.None);
        }
        catch (Exception)
        {
            // The prompt is accepted and stored; its sender must not be told otherwise because the journal has closed or fails now.
            // The journal has logged its failure, and the prompt waits for the next look, or for the next start.
            return;
        }

        turn?.Abort();
    }
}
