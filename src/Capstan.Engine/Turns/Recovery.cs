using System.Text.Json;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;
using Capstan.Engine.Tools;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Turns;

/// <summary>
/// Puts in order what a dead process left behind, before the server does anything else. The work that the dead process had
/// accepted runs after that.
/// </summary>
internal sealed class Recovery(
    IStore store,
    SessionJournal journal,
    ProcessMarks marks,
    Func<IReadOnlySet<string>, CancellationToken, Task<int>> endOrphans,
    ILogger logger)
{
    /// <summary>
    /// Ends orphaned processes, closes what is open in the store, and returns the sessions that have work. Sessions whose lease a
    /// living process holds are that process's, and are left alone.
    /// </summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        // Orphaned processes end first: once the model is told what became of a call, no process of that call may change
        // anything.
        await EndOrphansAsync(cancellationToken);
        var recovered = new List<string>();
        foreach (var session in await store.ListActiveSessionsAsync(cancellationToken))
        {
            try
            {
                if (!await journal.CommitAsync(session.Info.ID, transaction => Close(transaction, session.Info.ID), cancellationToken))
                    continue;
                Log.SessionRecovered(logger, session.Info.ID);
            }
            catch (JsonException exception)
            {
                // One damaged row must not keep all other sessions from going on.
                Log.SessionUnreadable(logger, exception, session.Info.ID);
            }

            recovered.Add(session.Info.ID);
        }

        return recovered;
    }

    /// <summary>
    /// Ends the processes that tool calls of the dead process left running. The ledger of effects names the calls that have not
    /// ended; where it names none, no process of the machine is looked at.
    /// </summary>
    private async Task EndOrphansAsync(CancellationToken cancellationToken)
    {
        var effects = await store.ListOpenEffectsAsync(cancellationToken);
        if (effects.Count == 0)
            return;
        var found = await endOrphans(effects.Select(effect => marks.Of(effect.PartID)).ToHashSet(StringComparer.Ordinal), cancellationToken);
        if (found > 0)
            Log.OrphansEnded(logger, found);
        await Task.WhenAll(effects.Select(effect => journal.CommitAsync(
            effect.SessionID,
            transaction => transaction.Rows.EndEffect(effect.SessionID, effect.PartID, transaction.Now),
            cancellationToken)));
    }

    /// <returns>False where another living process runs the session's turn.</returns>
    private static bool Close(JournalTransaction transaction, string sessionID)
    {
        if (transaction.TakeLease(sessionID) is null)
            return false;
        transaction.ReleaseLease(sessionID);
        // A turn that is held up by a permission request is not counted: it may last over any number of restarts, and only work
        // that runs can be what takes the server down.
        if (InterruptedWork.Close(transaction, sessionID) is not null)
            return true;
        // Resumptions are only counted here; the turn judges them, because the limit is a setting of the workspace, and no
        // workspace is loaded before the start.
        var taken = transaction.Rows.FindInbox(sessionID).Where(static row => row.TurnID is not null);
        foreach (var turnID in taken.Select(static row => row.TurnID!).Distinct().ToList())
            transaction.Rows.CountResumption(sessionID, turnID);
        return true;
    }
}
