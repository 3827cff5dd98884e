using System.Collections.Concurrent;
using Capstan.Contract;
using Capstan.Engine.Configuration;
using Capstan.Engine.Journal;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;
using Capstan.Engine.Workspaces;
using Capstan.Engine.Workspaces.Snapshots;

namespace Capstan.Engine.Turns;

/// <summary>
/// Runs the turns of sessions. A turn lasts from taking work up to the session being idle again, or to the next turn.
/// </summary>
/// <remarks>
/// <code>
///   1. look     one transaction: take work from the inbox and open the step's message, or find none and be idle (TurnLook)
///   2. step     carried out by the executor of the work's kind: for a prompt, a model call and the tool calls that it asks for
///   3. again    the same transaction as 1: prompts that arrived meanwhile join the turn; without such prompts, and without tool
///               results to show the model, the turn ends
/// </code>
/// </remarks>
/// <param name="store">The store that sessions and histories are read from.</param>
/// <param name="journal">What turns write with, each under its session's lease.</param>
/// <param name="workspaces">The workspaces of sessions.</param>
/// <param name="executors">The kinds of work.</param>
/// <param name="contexts">The histories that are kept between turns.</param>
/// <param name="snapshots">The snapshots of files before and after steps.</param>
/// <param name="titles">Gives new sessions a title.</param>
/// <param name="waiters">The callers that await turns.</param>
/// <param name="identifiers">Makes the identifiers of turns and messages.</param>
/// <param name="options">The limits of turns, which a workspace's settings override.</param>
/// <param name="observer">Logs and measures what turns do.</param>
internal sealed class SessionTurns(
    IStore store,
    SessionJournal journal,
    WorkspaceCatalogue workspaces,
    WorkExecutors executors,
    ModelContexts contexts,
    SnapshotCatalogue snapshots,
    TitleWriter titles,
    TurnWaiters waiters,
    IdentifierSource identifiers,
    TurnOptions options,
    EngineObserver observer)
{
    private readonly LostWrites _lostWrites = new();
    // The turns whose last look may be stored or not, by session.
    private readonly ConcurrentDictionary<string, TurnState> _inDoubt = new();

    /// <summary>Runs a turn of a session, if there is work for one.</summary>
    /// <returns>Whether the session may have more work, so that its runner must look again.</returns>
    /// <exception cref="LeaseLostException">Another process has taken the turn over.</exception>
    /// <exception cref="StoreUnavailableException">The store stayed away for too long; the turn is to be looked at again.</exception>
    public async Task<bool> RunAsync(string sessionID, TurnHandle handle)
    {
        if (await store.FindSessionAsync(sessionID, CancellationToken.None) is not { } session)
            return false;

        var (workspace, workspaceError) = await LoadAsync(session.Info.Directory);
        // Where the configuration cannot be read, the limits that the server was started with apply.
        var limits = workspace is null ? options : options.With(workspace.Settings.Turns);
        var look = new TurnLook(sessionID, workspace, workspaceError, executors, identifiers, limits.MaxResumptions);
        var context = contexts.Take(sessionID);
        var state = new TurnState(identifiers.NewTurn(), []);
        var files = snapshots.ForTurn(workspace, limits.MaxSnapshotWait);
        StepOutcome? outcome = null;
        var takenOver = new CancellationTokenSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(handle.Aborted, takenOver.Token);
        LeasedJournal? leased = null;
        using var observation = new TurnObservation(observer, sessionID);
        for (var number = 1; ; number++)
        {
            var before = state;
            LostWrites.Loss? lost = null;
            StepPlan plan;
            try
            {
                (plan, state) = await journal.CommitAsync(
                    sessionID,
                    state.Lease,
                    transaction =>
                    {
                        lost = _lostWrites.Find(sessionID);
                        handle.HasLooked = true;
                        return look.Decide(transaction, before, outcome, lost);
                    },
                    CancellationToken.None);
            }
            catch (StoreUnavailableException) when (!before.Work.IsEmpty)
            {
                // Not for a first look, which ends no work: it may come after one that is in doubt and must not take its place.
                _inDoubt[sessionID] = before;
                throw;
            }

            ResolveDoubt(sessionID, state);
            if (lost is not null)
            {
                _lostWrites.Forget(sessionID, lost);
                // A new context, because the old one may hold a message that the transaction has just mended.
                context = new ModelContext(store, sessionID);
            }

            if (plan is not StepPlan.Run run)
            {
                observation.End(outcome, state.Parent);
                foreach (var work in state.Work)
                    waiters.Complete(work.ID, new TurnResult(state.LastMessageID));
                contexts.Keep(context);
                handle.IsElsewhere = plan is StepPlan.End { IsElsewhere: true };
                return plan is StepPlan.End { HasMore: true };
            }

            leased ??= Lease(sessionID, state.Lease!, takenOver);
            if (number == 1)
                titles.Start(workspace!, run);
            using (var step = observation.BeginStep(run))
            {
                var scope = new StepScope(leased, workspace!, run, context, files, step, number);
                outcome = step.End(await run.Executor.RunAsync(scope, stop.Token));
            }

            state = state with { Diffs = files.Diffs };
        }
    }

    /// <summary>Tells the callers of a turn that it has ended, where its end was stored although that was not known then.</summary>
    private void ResolveDoubt(string sessionID, TurnState state)
    {
        if (!_inDoubt.TryRemove(sessionID, out var doubt))
            return;
        foreach (var work in doubt.Work.Where(work => !state.Work.Any(taken => taken.ID == work.ID)))
            waiters.Complete(work.ID, new TurnResult(doubt.LastMessageID));
    }

    private async Task<(Workspace? Workspace, MessageError? Error)> LoadAsync(string directory)
    {
        try
        {
            return (await workspaces.GetCurrentAsync(directory, CancellationToken.None), null);
        }
        catch (ConfigException exception)
        {
            // The configuration could be read when the work was admitted, and cannot be read now. The work's answer is then a
            // message with this error.
            return (null, MessageError.Unknown(exception.Message));
        }
    }

    private LeasedJournal Lease(string sessionID, SessionLease lease, CancellationTokenSource takenOver)
    {
        var scheduler = TaskScheduler.Current;
        return new LeasedJournal(journal, sessionID, lease, exception =>
        {
            if (exception is not LeaseLostException)
            {
                _lostWrites.Add(sessionID, exception);
                return;
            }

            // The step stops at once, and the next look finds who has the session now. Not on the journal's thread, which must not
            // run what others have registered for the end of the step.
            _ = Task.Factory.StartNew(takenOver.Cancel, CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        });
    }
}
