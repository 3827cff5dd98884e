using Capstan.Contract;
using Capstan.Engine.Permissions;
using Capstan.Engine.Storage;
using Capstan.Engine.Tools;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Sessions;

/// <summary>What a process that died left behind is put in order before anything else happens; what it had accepted then runs.</summary>
internal sealed class Recovery(
    IStore store,
    Journal journal,
    ProcessMarks marks,
    Func<IReadOnlySet<string>, CancellationToken, Task<int>> endOrphans,
    TurnOptions options,
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
            await journal.CommitAsync(transaction => Close(transaction, session.Info.ID), cancellationToken);
            Log.SessionRecovered(logger, session.Info.ID);
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

    private void Close(JournalTransaction transaction, string sessionID)
    {
        // Waiting for a person may go on over any number of restarts; only what runs can be what stops the server.
        if (Leftovers.Close(transaction, sessionID) is not null)
            return;
        var taken = transaction.Rows.FindInbox(sessionID).Where(static row => row.TurnID is not null).ToList();
        foreach (var prompt in taken)
        {
            if (prompt.Resumptions >= options.MaxResumptions)
                GiveUp(transaction, prompt);
        }

        foreach (var turnID in taken.Select(static row => row.TurnID!).Distinct())
            transaction.Rows.CountResumption(sessionID, turnID);
    }

    /// <summary>A prompt that takes the server down with it must not do so for ever.</summary>
    private static void GiveUp(JournalTransaction transaction, InboxRow prompt)
    {
        transaction.ReportError(prompt.SessionID, MessageError.Unknown(
            $"The server stopped {prompt.Resumptions + 1} times while it answered {prompt.MessageID}; it was given up."));
        transaction.Rows.RemoveInbox(prompt.SessionID, prompt.MessageID);
        foreach (var request in transaction.Rows.FindPermissions(prompt.SessionID))
        {
            transaction.SettlePermission(prompt.SessionID, request.ID, new PermissionAnswer(PermissionReply.Reject));
            transaction.Rows.RemovePermission(request.ID);
        }
    }
}
