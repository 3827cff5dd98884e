using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;
using Capstan.Engine.Turns;

namespace Capstan.Engine.Admission;

/// <summary>
/// Accepts work of any kind: stores it exactly once, in one transaction with its message, its parts and the session's status, and
/// tells the session's runner afterwards.
/// </summary>
internal sealed class WorkAdmission(
    IStore store, SessionJournal journal, SessionRunners runners, TurnControl turns, TurnWaiters waiters)
{
    /// <summary>What the store knows of work when it arrives.</summary>
    private enum Known
    {
        /// <summary>Nothing: the work is new.</summary>
        Nothing,

        /// <summary>The same work was accepted, and its turn has not ended.</summary>
        Unended,

        /// <summary>The same work was accepted, and its turn has ended.</summary>
        Ended,

        /// <summary>The identifier belongs to something else.</summary>
        Conflict,

        /// <summary>The session was deleted.</summary>
        SessionGone,
    }

    /// <summary>Answers work that was accepted before, as it was answered then; null where it was not accepted before.</summary>
    public async Task<AdmissionResult?> RepeatAsync(SentWork sent, CancellationToken cancellationToken) =>
        await store.FindMessageAsync(sent.SessionID, sent.ID, cancellationToken) is null
            ? null
            : await CommitAsync(sent, transaction => (Recognise(transaction, sent), null), cancellationToken);

    /// <summary>Accepts work, or recognises it.</summary>
    public async Task<AdmissionResult> AdmitAsync(NewWork work, CancellationToken cancellationToken) =>
        (await CommitAsync(
            work.SentWork,
            transaction =>
            {
                var known = Recognise(transaction, work.SentWork);
                return (known, known == Known.Nothing ? Store(transaction, work) : null);
            },
            cancellationToken))!;

    /// <summary>Commits what an admission writes, and signals the runner.</summary>
    /// <param name="sent">The work.</param>
    /// <param name="write">Tells what was known of the work, and what was stored where it was new.</param>
    /// <param name="cancellationToken">Gives up before the work is accepted.</param>
    /// <returns>Null where nothing was known and nothing was stored.</returns>
    private async Task<AdmissionResult?> CommitAsync(
        SentWork sent, Func<JournalTransaction, (Known Known, MessageRow? Stored)> write, CancellationToken cancellationToken)
    {
        // The caller is registered for the turn before the commit, because the turn may end before this method goes on.
        var turn = sent.Kind is null ? null : waiters.Expect(sent.ID);
        Known known;
        MessageRow? stored;
        try
        {
            (known, stored) = await journal.CommitAsync(sent.SessionID, write, cancellationToken);
        }
        catch (Exception exception) when (turn is not null)
        {
            waiters.Forget(sent.ID, turn);
            // The work may be stored although its sender is told that it is not known: then it must not lie in the inbox of a session
            // that no runner looks after.
            if (exception is StoreUnavailableException)
                runners.Signal(sent.SessionID);
            throw;
        }

        if (stored is null && known is not (Known.Unended or Known.Ended))
        {
            if (turn is not null)
                waiters.Forget(sent.ID, turn);
            return known switch
            {
                Known.SessionGone => new AdmissionResult.Refused(Refusal.NoSession(sent.SessionID)),
                Known.Conflict => new AdmissionResult.Refused(new Refusal(
                    RefusalKind.Conflict,
                    $"The message {sent.ID} exists and says something else. Send the same body to repeat it, or leave messageID out.")),
                _ => null,
            };
        }

        if (known == Known.Ended)
            waiters.Complete(sent.ID, new TurnResult(await FindAnswerAsync(sent.SessionID, sent.ID, cancellationToken)));

        // The runner is signalled also for repeated work: that costs one look. Interrupting work is stored before the running turn is
        // aborted, so that it is what runs next; the aborted turn ends by itself from here on.
        if (sent.Kind is not null)
            runners.Signal(sent.SessionID);
        if (stored is not null && sent is { Kind: not null, Delivery: Delivery.Interrupt })
            await turns.InterruptAsync(sent.SessionID, sent.ID);
        return new AdmissionResult.Accepted(sent.ID, turn?.Task) { Injected = sent.Kind is null ? stored : null };
    }

    private static Known Recognise(JournalTransaction transaction, SentWork sent)
    {
        if (transaction.FindSession(sent.SessionID) is null)
            return Known.SessionGone;
        // An identifier that this server has made just now is nobody else's, and asking the store for it would cost a round trip.
        if (sent.Fingerprint is null || transaction.Rows.FindMessage(sent.ID) is not { } existing)
            return Known.Nothing;
        if (existing.SessionID != sent.SessionID || existing.Fingerprint != sent.Fingerprint)
            return Known.Conflict;
        return transaction.Rows.FindInbox(sent.SessionID).Any(row => row.ID == sent.ID) ? Known.Unended : Known.Ended;
    }

    private static MessageRow Store(JournalTransaction transaction, NewWork work)
    {
        var (sent, message) = (work.SentWork, work.Message);
        var session = transaction.FindSession(sent.SessionID)!;
        if (session.Info.Agent != message.Agent || session.Info.Model != work.Model)
            transaction.UpdateSession(sent.SessionID, info => info with { Agent = message.Agent, Model = work.Model });
        var parts = work.Parts.Select(PartJson.Of).ToList();
        var stored = transaction.AddMessage(message, isWaiting: sent.Kind is not null, sent.Fingerprint) with
        {
            Parts = parts.ConvertAll(static part => part.Json.First),
        };
        foreach (var part in parts)
            transaction.PutPart(part);
        transaction.UpdateSession(sent.SessionID, info => info with
        {
            Time = info.Time with { Updated = transaction.Now },
            Permission = work.Permission ?? info.Permission,
        });
        if (sent.Kind is null)
            return stored;
        transaction.Rows.AddInbox(new WorkRow(sent.SessionID, sent.ID, sent.Kind, stored.Position, sent.Delivery) { Payload = work.Payload });
        // The status changes in the commit that accepts the work, so that from then on the session is busy for everyone who looks
        // (R8).
        if (session.Status is SessionStatus.Idle)
            transaction.SetStatus(sent.SessionID, SessionStatus.IsBusy);
        return stored;
    }

    private async Task<string?> FindAnswerAsync(string sessionID, string messageID, CancellationToken cancellationToken)
    {
        var page = await store.ReadMessagesAsync(new MessageQuery(sessionID), cancellationToken);
        var own = page.Messages
            .LastOrDefault(row => row.ReadInfo() is AssistantMessage assistant && assistant.ParentID == messageID)?.ID;
        if (own is not null)
            return own;
        // The prompt joined a turn together with later prompts, and the turn's answer belongs to the last of these prompts. It is
        // the end of the chain of steps that comes after the prompt.
        var context = page.Messages.FirstOrDefault(row => row.ID == messageID)?.Context;
        foreach (var row in page.Messages.Where(row => row.Context > context).OrderBy(static row => row.Context))
        {
            if (row.ReadInfo() is not AssistantMessage step)
                continue;
            own = step.ID;
            if (step.Finish != "tool-calls")
                break;
        }

        return own;
    }
}
