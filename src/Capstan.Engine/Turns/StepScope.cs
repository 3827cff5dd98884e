using Capstan.Engine.Journal;
using Capstan.Engine.Workspaces;
using Capstan.Engine.Workspaces.Snapshots;

namespace Capstan.Engine.Turns;

/// <summary>One step of a turn and what it works with.</summary>
/// <param name="Journal">What the step writes with, under the turn's lease.</param>
/// <param name="Workspace">The session's workspace.</param>
/// <param name="Plan">What the step is to do; its message is open in the store.</param>
/// <param name="Context">The session's history, as models are shown it.</param>
/// <param name="Snapshots">The snapshots of files before and after steps.</param>
/// <param name="Observation">Measures the step.</param>
/// <param name="Number">The step's number within the turn, from 1.</param>
internal sealed record StepScope(
    LeasedJournal Journal,
    Workspace Workspace,
    StepPlan.Run Plan,
    ModelContext Context,
    TurnSnapshots Snapshots,
    StepObservation Observation,
    int Number);
