using Capstan.Contract;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Turns;

/// <summary>
/// A turn's look into the store: one transaction takes work from the inbox and opens the step's message, or ends the turn, or finds
/// nothing to do and makes the session idle. Every admission comes either before the look or after it.
/// </summary>
/// <param name="sessionID">The session.</param>
/// <param name="workspace">The session's workspace; null where its configuration cannot be read.</param>
/// <param name="workspaceError">Why the configuration cannot be read; null where it can.</param>
/// <param name="executors">The kinds of work.</param>
/// <param name="identifiers">Makes the identifiers of messages.</param>
/// <param name="maxResumptions">How often work is taken up again after its process died, before it is given up.</param>
internal sealed class TurnLook(
    string sessionID,
    Workspace? workspace,
    MessageError? workspaceError,
    WorkExecutors executors,
    IdentifierSource identifiers,
    int maxResumptions)
{
    /// <summary>Decides what the turn does next, and stores the decision.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="state">What the turn has taken up so far.</param>
    /// <param name="previous">How the turn's last step ended; null before the first.</param>
    /// <param name="lost">The writes that the turn has lost since its last look, if any.</param>
    public (StepPlan Plan, TurnState State) Decide(
        JournalTransaction transaction, TurnState state, StepOutcome? previous, LostWrites.Loss? lost)
    {
        if (transaction.FindSession(sessionID) is not { } session)
            return (new StepPlan.End(HasMore: false), state);
        if (state.Lease is null)
        {
            // Another process runs the session's turn, so there is nothing to do here, whatever the inbox holds.
            if (transaction.TakeLease(sessionID) is not { } lease)
                return (new StepPlan.End(HasMore: false) { IsElsewhere = true }, state);
            state = state with { Lease = lease };
        }

        if (lost is not null)
        {
            var outcome = InterruptedWork.Mend(transaction, sessionID, state.LastMessageID, lost);
            previous = previous is null ? null : outcome;
        }

        var inbox = transaction.Rows.FindInbox(sessionID);
        var waiting = inbox.Where(static row => row.TurnID is null).ToList();
        if (previous is null)
        {
            var standing = InterruptedWork.Close(transaction, sessionID);
            if (standing is null)
                inbox = InterruptedWork.GiveUp(transaction, inbox, maxResumptions);
            state = Resume(transaction, state, inbox);
            if (state.Work.IsEmpty && waiting.Count == 0)
            {
                if (session.Status is not SessionStatus.Idle)
                    transaction.SetStatus(sessionID, SessionStatus.IsIdle);
                transaction.ReleaseLease(sessionID);
                return (new StepPlan.End(HasMore: false), state);
            }

            if (standing is { } stood && stood.Message.ParentID == state.Parent?.ID && Find(state.Parent) is var (agent, model)
                && executors.Find(state.Work[^1].Kind) is { } executor)
            {
                state = state with { LastMessageID = stood.Message.ID };
                return (new StepPlan.Run(executor, stood.Message, state.Parent, agent, model, session.Info) { Waiting = stood.Waiting }, state);
            }

            (previous, state) = LastOutcome(transaction, state);
        }

        var joining = Joining(waiting, state, previous);
        if (previous is not (null or StepOutcome.Continue) && joining.Count == 0)
            return (End(transaction, state, previous.Value, hasMore: waiting.Count > 0), state);

        if (joining.Count > 0 && state.Diffs is not null)
        {
            // The changes of files so far belong to the prompt before; the prompt that joins begins with none.
            ReportChanges(transaction, state);
            state = state with { Diffs = null };
        }

        foreach (var prompt in joining)
        {
            transaction.Rows.TakeInbox(sessionID, prompt.ID, state.TurnID);
            transaction.ShowToModel(sessionID, prompt.ID);
            state = state with { Work = state.Work.Add(prompt), Parent = ReadPrompt(transaction, prompt) };
        }

        return Open(transaction, state, session.Info, previous);
    }

    /// <summary>Takes over the prompts that a dead process had taken up, together with the turn that they belong to.</summary>
    private static TurnState Resume(JournalTransaction transaction, TurnState state, IReadOnlyList<WorkRow> inbox)
    {
        foreach (var taken in inbox)
        {
            if (taken.TurnID is not null)
            {
                state = state with { TurnID = taken.TurnID, Work = state.Work.Add(taken), Parent = ReadPrompt(transaction, taken) };
            }
        }

        return state;
    }

    /// <summary>How the last step of a resumed turn ended, where the turn had one. The turn goes on from that outcome.</summary>
    private (StepOutcome?, TurnState) LastOutcome(JournalTransaction transaction, TurnState state) =>
        state.Parent is not null && transaction.FindLastAnswer(sessionID) is { Outcome: { } outcome } row
        && row.ReadInfo() is AssistantMessage last && last.ParentID == state.Parent.ID
            ? (outcome, state with { LastMessageID = last.ID })
            : (null, state);

    private (AgentInfo Agent, ModelInfo Model)? Find(UserMessage prompt) =>
        workspace?.Agents.Find(prompt.Agent) is { } agent && workspace.Models.Find(prompt.Model) is { } model ? (agent, model) : null;

    /// <summary>Which of the waiting prompts this turn takes up now.</summary>
    private List<WorkRow> Joining(List<WorkRow> waiting, TurnState state, StepOutcome? previous)
    {
        // A turn that failed, was aborted or was rejected takes up no further prompts: those that wait get a turn of their own.
        if (previous is StepOutcome.Failed or StepOutcome.Aborted or StepOutcome.Rejected)
            return [];
        if (previous is not null || !state.Work.IsEmpty)
            return waiting.FindAll(Joins);
        // A new turn begins with an interrupting prompt, where there is one, or else with the oldest prompt, whatever its
        // delivery.
        var head = waiting.Find(static row => row.Delivery == Delivery.Interrupt) ?? waiting[0];
        return executors.MayJoin(head.Kind) ? waiting.FindAll(row => row == head || Joins(row)) : [head];

        bool Joins(WorkRow row) => row.Delivery == Delivery.Steer && executors.MayJoin(row.Kind);
    }

    private (StepPlan Plan, TurnState State) Open(
        JournalTransaction transaction,
        TurnState state,
        SessionInfo session,
        StepOutcome? previous)
    {
        var parent = state.Parent!;
        var work = state.Work[^1];
        var executor = executors.Find(work.Kind);
        var error = workspaceError;
        var agent = workspace?.Agents.Find(parent.Agent);
        var model = workspace?.Models.Find(parent.Model);
        if (workspace is not null && agent is null)
            error = MessageError.Unknown($"Agent not found: \"{parent.Agent}\". It was there when the prompt was admitted.");
        else if (executor is null)
            error = MessageError.Unknown($"This Capstan cannot carry out work of the kind \"{work.Kind}\": a newer one stored it. Update Capstan.");
        else if (workspace is not null && model is null)
            error = MessageError.Unknown($"Model not found: {parent.Model}. It was there when the prompt was admitted.");

        var path = new MessagePath(session.Directory, workspace?.Worktree ?? session.Directory);
        var message = StepMessage.Create(identifiers.NewMessage(), parent, path, transaction.Now);
        message = executor?.Open(message, work) ?? message;
        state = state with { LastMessageID = message.ID };
        if (error is not null)
        {
            StepMessage.Refuse(transaction, message, error);
            return (End(transaction, state, StepOutcome.Failed, HasWaiting(transaction)), state);
        }

        if (previous is not null)
            transaction.SetStatus(sessionID, SessionStatus.IsBusy);
        StepMessage.Open(transaction, message);
        state = ReportChanges(transaction, state);
        return (new StepPlan.Run(executor!, message, state.Parent!, agent!, model!, session), state);
    }

    private StepPlan.End End(JournalTransaction transaction, TurnState state, StepOutcome outcome, bool hasMore)
    {
        // OpenCode sends the changes after the session is idle. Here they come before, because no event of a turn follows its
        // idle event.
        if (outcome is StepOutcome.Stop or StepOutcome.Rejected || state.Diffs is not null)
            ReportChanges(transaction, state);
        // The calls that asked for permissions are gone with the turn. Requests that are still open are settled as rejected, so
        // that nobody answers a request that no call reads.
        foreach (var request in transaction.Rows.FindPermissions(sessionID))
        {
            transaction.SettlePermission(sessionID, request.ID, new PermissionAnswer(PermissionReply.Reject));
            transaction.Rows.RemovePermission(sessionID, request.ID);
        }

        foreach (var prompt in state.Work)
            transaction.Rows.RemoveInbox(sessionID, prompt.ID);
        if (outcome is StepOutcome.Stop)
            transaction.SetStatus(sessionID, SessionStatus.IsBusy);
        if (!hasMore)
            transaction.SetStatus(sessionID, SessionStatus.IsIdle);
        transaction.ReleaseLease(sessionID);
        return new StepPlan.End(hasMore);
    }

    private TurnState ReportChanges(JournalTransaction transaction, TurnState state)
    {
        // A turn that goes on after a crash knows no changes of its own yet, and keeps those that are stored with its prompt.
        var diffs = state.Diffs ?? state.Parent!.Summary?.Diffs ?? [];
        var summary = new SessionSummary(
            diffs.Sum(static diff => diff.Additions), diffs.Sum(static diff => diff.Deletions), diffs.Count);
        transaction.UpdateSession(sessionID, session => session with { Summary = summary });
        transaction.ReportDiff(sessionID, diffs);
        var parent = state.Parent! with { Summary = new MessageSummary(diffs) };
        transaction.UpdateMessage(parent);
        return state with { Parent = parent };
    }

    private bool HasWaiting(JournalTransaction transaction) =>
        transaction.Rows.FindInbox(sessionID).Any(static row => row.TurnID is null);

    private static UserMessage ReadPrompt(JournalTransaction transaction, WorkRow prompt) =>
        (UserMessage)transaction.Rows.FindMessage(prompt.ID)!.ReadInfo();
}
