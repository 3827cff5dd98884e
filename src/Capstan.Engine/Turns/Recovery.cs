using System.Text.Json;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;
using Capstan.Engine.Tools;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Turns;

/// <summary>What a process that died left behind is put in order before anything else happens; what it had accepted then runs.</summary>
internal sealed class Recovery(
    IStore store,
    SessionJournal journal,
    ProcessMarks marks,
    Func<IReadOnlySet<string>, CancellationToken, Task<int>> endOrphans,
    ILogger logger)
{
    /// <summary>Closes what is open and returns the sessions that have work.</summary>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken)
    {
        // First of all: what the model is told of a call must not change behind its back.
        await EndOrphansAsync(cancellationToken);
        var sessions = await store.ListActiveSessionsAsync(cancellationToken);
        foreach (var session in sessions)
        {
            try
            {
                await journal.CommitAsync(transaction => Close(transaction, session.Info.ID), cancellationToken);
                Log.SessionRecovered(logger, session.Info.ID);
            }
            catch (JsonException exception)
            {
                // One damaged row must not keep all other sessions from going on.
                Log.SessionUnreadable(logger, exception, session.Info.ID);
            }
        }

        return [.. sessions.Select(static session => session.Info.ID)];
    }

    /// <summary>Ends what calls of the dead process left running. The ledger names them; without any, no process is looked at.</summary>
    private async Task EndOrphansAsync(CancellationToken cancellationToken)
    {
        var parts = await store.ListOpenEffectsAsync(cancellationToken);
        if (parts.Count == 0)
            return;
        var found = await endOrphans(parts.Select(marks.Of).ToHashSet(StringComparer.Ordinal), cancellationToken);
        if (found > 0)
            Log.OrphansEnded(logger, found);
        await journal.CommitAsync(
            transaction =>
            {
                foreach (var part in parts)
                    transaction.Rows.EndEffect(part, transaction.Now);
            },
            cancellationToken);
    }

    private static void Close(JournalTransaction transaction, string sessionID)
    {
        // Waiting for a person may go on over any number of restarts; only what runs can be what stops the server.
        if (InterruptedWork.Close(transaction, sessionID) is not null)
            return;
        // Counted here, judged by the turn: how many are too many is the workspace's to say, and none is loaded before the start.
        var taken = transaction.Rows.FindInbox(sessionID).Where(static row => row.TurnID is not null);
        foreach (var turnID in taken.Select(static row => row.TurnID!).Distinct().ToList())
            transaction.Rows.CountResumption(sessionID, turnID);
    }
}
