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
    private readonly WorkAdmission _work;
    private readonly TurnWaiters _waiters;
    private readonly IdentifierSource _identifiers;
    private readonly TimeProvider _time;
    private readonly EngineObserver _observer;

    internal PromptGate(
        IStore store,
        SessionJournal journal,
        WorkspaceCatalogue workspaces,
        SessionRunners runners,
        WorkAdmission work,
        TurnWaiters waiters,
        IdentifierSource identifiers,
        TimeProvider time,
        EngineObserver observer)
    {
        _store = store;
        _journal = journal;
        _workspaces = workspaces;
        _runners = runners;
        _work = work;
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
        var sent = new SentWork(
            sessionID,
            request.MessageID ?? _identifiers.NewMessage(),
            request.NoReply == true ? null : WorkKind.Prompt,
            request.MessageID is null ? null : PromptFingerprint.Of(request),
            request.Delivery ?? Delivery.Steer);
        // A repeated prompt is recognised before anything is looked at that may have changed since the first time (R2): the
        // directory, the configuration, the attached files. The transaction decides, because the prompt may have been withdrawn
        // since this look.
        if (request.MessageID is not null && await _work.RepeatAsync(sent, cancellationToken) is { } repeated)
            return repeated;

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
            ID = sent.ID,
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
        // A model that only stands in is not stored as the session's model: as soon as another model is configured, the next
        // prompt goes to that one.
        var model = choice.IsStandIn
            ? null
            : new SessionModel(message.Model.ModelID, message.Model.ProviderID, message.Model.Variant ?? "default");
        // 2. and 3. Commit, and signal.
        return await _work.AdmitAsync(
            new NewWork(sent, message, parts, model, request.Tools is { } tools ? [.. tools.Select(ToRule)] : null), cancellationToken);
    }

    /// <summary>Takes back a prompt that still waits in the inbox: <c>message.removed</c>.</summary>
    /// <returns>Null, or why the prompt cannot be taken back.</returns>
    public async Task<Refusal?> WithdrawAsync(string sessionID, string messageID, CancellationToken cancellationToken)
    {
        Refusal? refusal;
        try
        {
            refusal = await _journal.CommitAsync(sessionID, transaction => Withdraw(transaction, sessionID, messageID), cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            // The prompt may have been taken back although that is not known, and may have been all the work there was.
            _runners.Signal(sessionID);
            throw;
        }

        if (refusal is not null)
            return refusal;
        _waiters.Complete(messageID, new TurnResult(null));
        // Where the prompt was all the work there was, the runner makes the session idle.
        _runners.Signal(sessionID);
        return null;
    }

    private static Refusal? Withdraw(JournalTransaction transaction, string sessionID, string messageID)
    {
        var prompt = transaction.Rows.FindInbox(sessionID).FirstOrDefault(row => row.ID == messageID);
        if (prompt is null)
            return new Refusal(RefusalKind.NotFound, $"No such prompt waits: {messageID}");
        if (prompt.TurnID is not null)
            return new Refusal(RefusalKind.Conflict, $"A turn has taken {messageID} up; abort the session to stop it.");
        transaction.Rows.RemoveInbox(sessionID, messageID);
        transaction.RemoveMessage(sessionID, messageID);
        return null;
    }

    private static PermissionRule ToRule(KeyValuePair<string, bool> tool) =>
        new(tool.Key, "*", tool.Value ? PermissionAction.Allow : PermissionAction.Deny);
}
