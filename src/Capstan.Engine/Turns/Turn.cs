using Capstan.Contract;
using Capstan.Engine.Configuration;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;
using Capstan.Engine.Workspaces;

namespace Capstan.Engine.Turns;

/// <summary>One turn: from taking prompts up to the session being idle again, or to the next turn.</summary>
/// <remarks>
/// <code>
///   1. look     one transaction: take prompts from the inbox and open the step's message, or find none and be idle
///   2. step     one model call and the tool calls that it asked for
///   3. again    the same transaction as 1: steer prompts that arrived meanwhile join the turn; without such prompts, and
///               without tool results to show the model, the turn ends
/// </code>
/// Invariant: the decision to go on, to end or to be idle is made in a transaction of the journal, so that every admission comes
/// either before it or after it.
/// </remarks>
internal sealed class Turn(TurnServices services, string sessionID)
{
    /// <summary>Runs the turn, if there is work for one.</summary>
    /// <returns>Whether the session may have more work, so that its runner must look again.</returns>
    public async Task<bool> RunAsync(TurnHandle handle)
    {
        if (await services.Store.FindSessionAsync(sessionID, CancellationToken.None) is not { } session)
            return false;

        Workspace? workspace = null;
        MessageError? workspaceError = null;
        try
        {
            workspace = await services.Workspaces.GetCurrentAsync(session.Info.Directory, CancellationToken.None);
        }
        catch (ConfigException exception)
        {
            // The configuration could be read when the prompt was admitted, and cannot be read now. The prompt's answer is then a
            // message with this error.
            workspaceError = MessageError.Unknown(exception.Message);
        }

        var context = services.Contexts.Take(sessionID);
        var state = new TurnState(services.Identifiers.NewTurn(), []);
        var snapshots = services.Snapshots.ForTurn(workspace, Limits(workspace).MaxSnapshotWait);
        StepOutcome? outcome = null;
        using var takenOver = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(handle.Aborted, takenOver.Token);
        LeasedJournal? journal = null;
        using var observation = new TurnObservation(services.Observer, sessionID);
        for (var stepNumber = 1; ; stepNumber++)
        {
            var before = state;
            LostWrites.Loss? lost = null;
            (var plan, state) = await services.Journal.CommitAsync(
                sessionID,
                state.Lease,
                transaction =>
                {
                    lost = services.Lost.Find(sessionID);
                    handle.HasLooked = true;
                    return Next(transaction, before, outcome, lost, workspace, workspaceError);
                },
                CancellationToken.None);
            if (lost is not null)
            {
                services.Lost.Forget(sessionID, lost);
                // A new context, because the old one may hold a message that the transaction has just mended.
                context = new ModelContext(services.Store, sessionID);
            }

            if (plan is not StepPlan.Run run)
            {
                observation.End(outcome, state.Parent);
                foreach (var prompt in state.Prompts)
                    services.Waiters.Complete(prompt.ID, new TurnResult(state.LastMessageID));
                services.Contexts.Keep(context);
                handle.IsElsewhere = plan is StepPlan.End { IsElsewhere: true };
                return plan is StepPlan.End { HasMore: true };
            }

            journal ??= Lease(state.Lease!, takenOver);
            if (stepNumber == 1)
                services.Titles.Start(workspace!, run);
            using (var step = observation.BeginStep(run))
                outcome = step.End(await new Step(services, journal, workspace!, run, context, snapshots, step, stepNumber).RunAsync(stop.Token));
            state = state with { Diffs = snapshots.Diffs };
        }
    }

    private LeasedJournal Lease(SessionLease lease, CancellationTokenSource takenOver)
    {
        var scheduler = TaskScheduler.Current;
        return new LeasedJournal(services.Journal, sessionID, lease, exception =>
        {
            if (exception is not LeaseLostException)
            {
                services.Lost.Add(sessionID, exception);
                return;
            }

            // The step stops at once, and the next look finds who has the session now. Not on the journal's thread, which must not
            // run what others have registered for the end of the step.
            _ = Task.Factory.StartNew(takenOver.Cancel, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        });
    }

    // Where the configuration cannot be read, the limits that the server was started with apply.
    private TurnOptions Limits(Workspace? workspace) =>
        workspace is null ? services.Options : services.Options.With(workspace.Settings.Turns);

    private (StepPlan Plan, TurnState State) Next(
        JournalTransaction transaction,
        TurnState state,
        StepOutcome? previous,
        LostWrites.Loss? lost,
        Workspace? workspace,
        MessageError? workspaceError)
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
            InterruptedWork.Mend(transaction, sessionID, state.LastMessageID, lost.Reason);
            previous = previous is null ? null : StepOutcome.Failed;
        }

        var inbox = transaction.Rows.FindInbox(sessionID);
        var waiting = inbox.Where(static row => row.TurnID is null).ToList();
        if (previous is null)
        {
            var standing = InterruptedWork.Close(transaction, sessionID);
            if (standing is null)
                inbox = InterruptedWork.GiveUp(transaction, inbox, Limits(workspace).MaxResumptions);
            state = Resume(transaction, state, inbox);
            if (state.Prompts.IsEmpty && waiting.Count == 0)
            {
                if (session.Status is not SessionStatus.Idle)
                    transaction.SetStatus(sessionID, SessionStatus.IsIdle);
                transaction.ReleaseLease(sessionID);
                return (new StepPlan.End(HasMore: false), state);
            }

            if (standing is { } stood && stood.Message.ParentID == state.Parent?.ID && Find(workspace, state.Parent) is var (agent, model))
            {
                state = state with { LastMessageID = stood.Message.ID };
                return (new StepPlan.Run(stood.Message, state.Parent, agent, model, session.Info) { Waiting = stood.Waiting }, state);
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
            state = state with { Prompts = state.Prompts.Add(prompt), Parent = ReadPrompt(transaction, prompt) };
        }

        return Open(transaction, state, session.Info, previous, workspace, workspaceError);
    }

    /// <summary>Takes over the prompts that a dead process had taken up, together with the turn that they belong to.</summary>
    private static TurnState Resume(JournalTransaction transaction, TurnState state, IReadOnlyList<WorkRow> inbox)
    {
        foreach (var taken in inbox)
        {
            if (taken.TurnID is not null)
            {
                state = state with { TurnID = taken.TurnID, Prompts = state.Prompts.Add(taken), Parent = ReadPrompt(transaction, taken) };
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

    private static (AgentInfo Agent, ModelInfo Model)? Find(Workspace? workspace, UserMessage prompt) =>
        workspace?.Agents.Find(prompt.Agent) is { } agent && workspace.Models.Find(prompt.Model) is { } model ? (agent, model) : null;

    /// <summary>Which of the waiting prompts this turn takes up now.</summary>
    private static List<WorkRow> Joining(List<WorkRow> waiting, TurnState state, StepOutcome? previous)
    {
        // A turn that failed, was aborted or was rejected takes up no further prompts: those that wait get a turn of their own.
        if (previous is StepOutcome.Failed or StepOutcome.Aborted or StepOutcome.Rejected)
            return [];
        if (previous is not null || !state.Prompts.IsEmpty)
            return waiting.FindAll(static row => row.Delivery == Delivery.Steer);
        // A new turn begins with an interrupting prompt, where there is one, or else with the oldest prompt, whatever its
        // delivery.
        var head = waiting.Find(static row => row.Delivery == Delivery.Interrupt) ?? waiting[0];
        return waiting.FindAll(row => row == head || row.Delivery == Delivery.Steer);
    }

    private (StepPlan Plan, TurnState State) Open(
        JournalTransaction transaction,
        TurnState state,
        SessionInfo session,
        StepOutcome? previous,
        Workspace? workspace,
        MessageError? error)
    {
        var parent = state.Parent!;
        var agent = workspace?.Agents.Find(parent.Agent);
        var model = workspace?.Models.Find(parent.Model);
        if (workspace is not null && agent is null)
            error = MessageError.Unknown($"Agent not found: \"{parent.Agent}\". It was there when the prompt was admitted.");
        else if (workspace is not null && model is null)
            error = MessageError.Unknown($"Model not found: {parent.Model}. It was there when the prompt was admitted.");

        var now = transaction.Now;
        var message = new AssistantMessage
        {
            ID = services.Identifiers.NewMessage(),
            SessionID = sessionID,
            ParentID = parent.ID,
            Agent = parent.Agent,
            Mode = parent.Agent,
            ModelID = parent.Model.ModelID,
            ProviderID = parent.Model.ProviderID,
            Variant = parent.Model.Variant,
            Path = new MessagePath(session.Directory, workspace?.Worktree ?? session.Directory),
            Time = new MessageTime(now, error is null ? null : now),
            Error = error,
        };
        state = state with { LastMessageID = message.ID };
        if (error is not null)
        {
            transaction.ReportError(sessionID, error);
            transaction.AddMessage(message);
            return (End(transaction, state, StepOutcome.Failed, HasWaiting(transaction)), state);
        }

        if (previous is not null)
            transaction.SetStatus(sessionID, SessionStatus.IsBusy);
        transaction.AddMessage(message);
        state = ReportChanges(transaction, state);
        return (new StepPlan.Run(message, state.Parent!, agent!, model!, session), state);
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

        foreach (var prompt in state.Prompts)
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
