using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;
using Capstan.Engine.Turns;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Admission;

/// <summary>Where prompts come in. All of a prompt is checked first, then stored in one transaction; the answer follows the commit.</summary>
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
        var session = row.Info;
        // As its files are now, as the turn will see it: an agent or a model that was added counts, one that is gone does not.
        var workspace = await _workspaces.GetCurrentAsync(session.Directory, cancellationToken);
        // The directory before the rest: with it went the agents and models that its files named.
        if ((PromptChecks.Check(request) ?? PromptChecks.CheckDirectory(workspace)) is { } problem)
            return new AdmissionResult.Refused(problem);
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
        // Last: it may make the directory.
        refusal ??= PromptChecks.MakeDirectory(workspace);
        if (refusal is not null)
            return new AdmissionResult.Refused(refusal);

        // 2. Commit. Whoever waits does so from before the commit: the turn may end before this method goes on.
        var isInjection = request.NoReply == true;
        var fingerprint = request.MessageID is null ? null : PromptFingerprint.Of(request);
        var turn = isInjection ? null : _waiters.Expect(message.ID);
        Known known;
        try
        {
            known = await _journal.CommitAsync(
                transaction => Admit(transaction, message, choice.IsStandIn, parts, request, fingerprint), cancellationToken);
        }
        catch when (turn is not null)
        {
            _waiters.Forget(message.ID, turn);
            throw;
        }

        if (known is Known.Gone or Known.Different)
        {
            if (turn is not null)
                _waiters.Forget(message.ID, turn);
            return new AdmissionResult.Refused(known == Known.Gone
                ? Refusal.NoSession(sessionID)
                : new Refusal(
                    RefusalKind.Conflict,
                    $"The message {message.ID} exists and says something else. Send the same body to repeat it, or leave messageID out."));
        }

        if (known == Known.Answered)
            _waiters.Complete(message.ID, new TurnResult(await LastAnswerAsync(sessionID, message.ID, cancellationToken)));

        // 3. Signal, also for a repetition: it costs a look. An interruption is stored before it stops anything, so that it is what
        //    runs next; the turn in its way ends by itself from here on.
        if (!isInjection)
            _runners.Signal(sessionID);
        if (known == Known.New && !isInjection && request.Delivery == Delivery.Interrupt && row.Status is not SessionStatus.Idle)
            await _turns.InterruptAsync(sessionID, message.ID, cancellationToken);
        return new AdmissionResult.Accepted(message.ID, turn?.Task);
    }

    /// <summary>Takes a prompt back that no turn has taken up: <c>message.removed</c>.</summary>
    /// <returns>Null, or why it cannot be taken back.</returns>
    public async Task<Refusal?> WithdrawAsync(string sessionID, string messageID, CancellationToken cancellationToken)
    {
        var refusal = await _journal.CommitAsync(
            transaction =>
            {
                var prompt = transaction.Rows.FindInbox(sessionID).FirstOrDefault(row => row.MessageID == messageID);
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
        // If it was all there was to do, the session is to become idle.
        _runners.Signal(sessionID);
        return null;
    }

    private static Known Admit(
        JournalTransaction transaction,
        UserMessage message,
        bool isStandIn,
        IReadOnlyList<Part> parts,
        PromptRequest request,
        string? fingerprint)
    {
        if (transaction.FindSession(message.SessionID) is not { } session)
            return Known.Gone;
        if (transaction.Rows.FindMessage(message.ID) is { } existing)
        {
            if (existing.SessionID != message.SessionID || fingerprint is null || existing.Fingerprint != fingerprint)
                return Known.Different;
            return transaction.Rows.FindInbox(message.SessionID).Any(row => row.MessageID == message.ID) ? Known.Waiting : Known.Answered;
        }

        var isInjection = request.NoReply == true;
        // A model that only stands in is not the session's: as soon as there is another, the next prompt goes to that one.
        var model = isStandIn
            ? null
            : new SessionModel(message.Model.ModelID, message.Model.ProviderID, message.Model.Variant ?? "default");
        if (session.Info.Agent != message.Agent || session.Info.Model != model)
            transaction.UpdateSession(message.SessionID, info => info with { Agent = message.Agent, Model = model });
        var position = transaction.AddMessage(message, isWaiting: !isInjection, fingerprint);
        foreach (var part in parts)
            transaction.PutPart(part);
        transaction.UpdateSession(message.SessionID, info => info with
        {
            Time = info.Time with { Updated = transaction.Now },
            Permission = request.Tools is { } tools ? [.. tools.Select(ToRule)] : info.Permission,
        });
        if (isInjection)
            return Known.New;

        transaction.Rows.AddInbox(new InboxRow(
            message.SessionID, message.ID, position, request.Delivery ?? Delivery.Steer));
        // From this very commit on the session is busy for everyone who looks (R8).
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
        // It joined a turn together with later prompts, and the answer names the last of them: it is the end of the chain of steps
        // that comes after the prompt.
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

    /// <summary>What was known of a message identifier when its prompt arrived.</summary>
    private enum Known
    {
        New,
        Waiting,
        Answered,
        Different,
        Gone,
    }
}
