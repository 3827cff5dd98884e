using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;
using Capstan.Engine.Turns;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Admission;

/// <summary>
/// The gate where prompts come in. A prompt is checked completely first, then stored in one transaction; its answer follows the
/// commit.
/// </summary>
/// <remarks>
/// <code>
///   request ──► 1. check: session, agent, model, parts ──► refused: nothing stored (R12)
///           ──► 2. commit: message, parts, inbox row, status, events ──► durable (R1)
///           ──► 3. signal the session's runner: a hint, the store is the truth (R3)
/// </code>
/// </remarks>
public sealed class PromptGate
{
    private readonly IStore _store;
    private readonly SessionJournal _journal;
    private readonly WorkspaceCatalogue _workspaces;
    private readonly SessionRunners _runners;
    private readonly TurnControl _turns;
    private readonly TurnWaiters _waiters;
    private readonly IdentifierSource _identifiers;
    private readonly TimeProvider _time;
    private readonly EngineObserver _observer;

    internal PromptGate(
        IStore store,
        SessionJournal journal,
        WorkspaceCatalogue workspaces,
        SessionRunners runners,
        TurnControl turns,
        TurnWaiters waiters,
        IdentifierSource identifiers,
        TimeProvider time,
        EngineObserver observer)
    {
        _store = store;
        _journal = journal;
        _workspaces = workspaces;
        _runners = runners;
        _turns = turns;
        _waiters = waiters;
        _identifiers = identifiers;
        _time = time;
        _observer = observer;
    }

    /// <summary>Accepts a prompt or an injection, or refuses it.</summary>
    public async Task<AdmissionResult> AdmitAsync(string sessionID, PromptRequest request, CancellationToken cancellationToken)
    {
        using var observed = new AdmissionObservation(_observer, sessionID);
        var admission = await DecideAsync(sessionID, request, cancellationToken);
        observed.End(admission);
        return admission;
    }

    private async Task<AdmissionResult> DecideAsync(string sessionID, PromptRequest request, CancellationToken cancellationToken)
    {
        request = request.Normalised();
        // 1. Check.
        if (await _store.FindSessionAsync(sessionID, cancellationToken) is not { } row)
            return new AdmissionResult.Refused(Refusal.NoSession(sessionID));
        if (PromptChecks.Check(request) is { } problem)
            return new AdmissionResult.Refused(problem);
        // A repeated prompt is recognised before anything is looked at that may have changed since the first time (R2): the
        // directory, the configuration, the attached files. The transaction decides, because the prompt may have been withdrawn
        // since this look.
        if (request.MessageID is { } messageID && await _store.FindMessageAsync(sessionID, messageID, cancellationToken) is not null
            && await CommitAsync(row, request, messageID, Recognise, cancellationToken) is { } repeated)
        {
            return repeated;
        }

        var session = row.Info;
        // The workspace as its files are now, which is how the turn will see it: an agent or a model that was added counts, and
        // one that is gone does not.
        var workspace = await _workspaces.GetCurrentAsync(session.Directory, cancellationToken);
        // The directory is checked before the agent and the model: those that its files defined are gone together with it.
        if (PromptChecks.CheckDirectory(workspace) is { } gone)
            return new AdmissionResult.Refused(gone);
        var (choice, refusal) = PromptChecks.Resolve(workspace, session, request);
        if (refusal is not null)
            return new AdmissionResult.Refused(refusal);
        var message = new UserMessage
        {
            ID = request.MessageID ?? _identifiers.NewMessage(),
            SessionID = sessionID,
            Time = new MessageTime(_time.GetUtcNow().ToUnixTimeMilliseconds()),
            Agent = choice!.Agent,
            Model = choice.Model,
            Format = request.Format,
            System = request.System,
            Tools = request.Tools,
        };
        (var parts, refusal) = new PromptParts(_identifiers, workspace, sessionID, message.ID).Expand(request.Parts);
        // The directory is made last, when nothing else refuses the prompt.
        refusal ??= PromptChecks.MakeDirectory(workspace);
        if (refusal is not null)
            return new AdmissionResult.Refused(refusal);
        var admission = await CommitAsync(
            row,
            request,
            message.ID,
            (transaction, sent) => Admit(transaction, sent, message, choice.IsStandIn, parts, request),
            cancellationToken);
        return admission!;
    }

    /// <summary>Commits what an admission writes, and signals the runner.</summary>
    /// <returns>Null where <paramref name="write"/> found no stored prompt to repeat.</returns>
    private async Task<AdmissionResult?> CommitAsync(
        SessionRow row,
        PromptRequest request,
        string messageID,
        Func<JournalTransaction, SentPrompt, Known> write,
        CancellationToken cancellationToken)
    {
        var sessionID = row.Info.ID;
        // 2. Commit. The caller is registered for the turn before the commit, because the turn may end before this method goes
        // on.
        var isInjection = request.NoReply == true;
        var sent = new SentPrompt(sessionID, messageID, request.MessageID is null ? null : PromptFingerprint.Of(request));
        var turn = isInjection ? null : _waiters.Expect(messageID);
        Known known;
        try
        {
            known = await _journal.CommitAsync(sessionID, transaction => write(transaction, sent), cancellationToken);
        }
        catch when (turn is not null)
        {
            _waiters.Forget(messageID, turn);
            throw;
        }

        if (known is Known.Gone or Known.Different or Known.Nothing)
        {
            if (turn is not null)
                _waiters.Forget(messageID, turn);
            return known switch
            {
                Known.Gone => new AdmissionResult.Refused(Refusal.NoSession(sessionID)),
                Known.Different => new AdmissionResult.Refused(new Refusal(
                    RefusalKind.Conflict,
                    $"The message {messageID} exists and says something else. Send the same body to repeat it, or leave messageID out.")),
                _ => null,
            };
        }

        if (known == Known.Answered)
            _waiters.Complete(messageID, new TurnResult(await LastAnswerAsync(sessionID, messageID, cancellationToken)));

        // 3. Signal the runner, also for a repeated prompt: that costs one look. An interrupting prompt is stored before the
        //    running turn is aborted, so that the prompt is what runs next; the aborted turn ends by itself from here on.
        if (!isInjection)
            _runners.Signal(sessionID);
        if (known == Known.New && !isInjection && request.Delivery == Delivery.Interrupt && row.Status is not SessionStatus.Idle)
            await _turns.InterruptAsync(sessionID, messageID);
        return new AdmissionResult.Accepted(messageID, turn?.Task);
    }

    /// <summary>Takes back a prompt that still waits in the inbox: <c>message.removed</c>.</summary>
    /// <returns>Null, or why the prompt cannot be taken back.</returns>
    public async Task<Refusal?> WithdrawAsync(string sessionID, string messageID, CancellationToken cancellationToken)
    {
        var refusal = await _journal.CommitAsync(
            sessionID,
            transaction =>
            {
                var prompt = transaction.Rows.FindInbox(sessionID).FirstOrDefault(row => row.ID == messageID);
                if (prompt is null)
                    return new Refusal(RefusalKind.NotFound, $"No such prompt waits: {messageID}");
                if (prompt.TurnID is not null)
                    return new Refusal(RefusalKind.Conflict, $"A turn has taken {messageID} up; abort the session to stop it.");
                transaction.Rows.RemoveInbox(sessionID, messageID);
                transaction.RemoveMessage(sessionID, messageID);
                return null;
            },
            cancellationToken);
        if (refusal is not null)
            return refusal;
        _waiters.Complete(messageID, new TurnResult(null));
        // Where the prompt was all the work there was, the runner makes the session idle.
        _runners.Signal(sessionID);
        return null;
    }

    /// <summary>What the store knows of the message identifier of a prompt.</summary>
    private static Known Recognise(JournalTransaction transaction, SentPrompt sent)
    {
        if (transaction.FindSession(sent.SessionID) is null)
            return Known.Gone;
        if (transaction.Rows.FindMessage(sent.MessageID) is not { } existing)
            return Known.Nothing;
        if (existing.SessionID != sent.SessionID || sent.Fingerprint is null || existing.Fingerprint != sent.Fingerprint)
            return Known.Different;
        return transaction.Rows.FindInbox(sent.SessionID).Any(row => row.ID == sent.MessageID) ? Known.Waiting : Known.Answered;
    }

    private static Known Admit(
        JournalTransaction transaction,
        SentPrompt sent,
        UserMessage message,
        bool isStandIn,
        IReadOnlyList<Part> parts,
        PromptRequest request)
    {
        if (Recognise(transaction, sent) is not Known.Nothing and var known)
            return known;
        var session = transaction.FindSession(sent.SessionID)!;
        var isInjection = request.NoReply == true;
        // A model that only stands in is not stored as the session's model: as soon as another model is configured, the next
        // prompt goes to that one.
        var model = isStandIn
            ? null
            : new SessionModel(message.Model.ModelID, message.Model.ProviderID, message.Model.Variant ?? "default");
        if (session.Info.Agent != message.Agent || session.Info.Model != model)
            transaction.UpdateSession(message.SessionID, info => info with { Agent = message.Agent, Model = model });
        var position = transaction.AddMessage(message, isWaiting: !isInjection, sent.Fingerprint);
        foreach (var part in parts)
            transaction.PutPart(part);
        transaction.UpdateSession(message.SessionID, info => info with
        {
            Time = info.Time with { Updated = transaction.Now },
            Permission = request.Tools is { } tools ? [.. tools.Select(ToRule)] : info.Permission,
        });
        if (isInjection)
            return Known.New;

        transaction.Rows.AddInbox(new WorkRow(
            message.SessionID, message.ID, WorkKind.Prompt, position, request.Delivery ?? Delivery.Steer));
        // The status changes in the commit that accepts the prompt, so that from then on the session is busy for everyone who
        // looks (R8).
        if (session.Status is SessionStatus.Idle)
            transaction.SetStatus(message.SessionID, SessionStatus.IsBusy);
        return Known.New;
    }

    private static PermissionRule ToRule(KeyValuePair<string, bool> tool) =>
        new(tool.Key, "*", tool.Value ? PermissionAction.Allow : PermissionAction.Deny);

    private async Task<string?> LastAnswerAsync(string sessionID, string messageID, CancellationToken cancellationToken)
    {
        var page = await _store.ReadMessagesAsync(new MessageQuery(sessionID), cancellationToken);
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

    /// <summary>What identifies a prompt that was sent.</summary>
    /// <param name="SessionID">The session that it was sent to.</param>
    /// <param name="MessageID">The prompt's message.</param>
    /// <param name="Fingerprint">
    /// What the request says; null where the client named no message, so that the prompt is never a repetition.
    /// </param>
    private sealed record SentPrompt(string SessionID, string MessageID, string? Fingerprint);

    /// <summary>What was known of a message identifier when its prompt arrived.</summary>
    private enum Known
    {
        Nothing,
        New,
        Waiting,
        Answered,
        Different,
        Gone,
    }
}
