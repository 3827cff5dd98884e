using Capstan.Contract;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Turns;

/// <summary>
/// Carries out one kind of work: what the steps of a turn do that has taken such work up. All kinds are admitted by the same gate,
/// wait in the same inbox and are taken up by the same turns; a new kind is a new executor.
/// </summary>
internal interface IWorkExecutor
{
    /// <summary>The kind, as it is stored: one of <see cref="WorkKind"/>.</summary>
    string Kind { get; }

    /// <summary>Whether work of this kind may join a turn that runs. Where not, it gets a turn of its own.</summary>
    bool MayJoin { get; }

    /// <summary>Completes the message that a step of this work is about to open. Called inside a transaction of the journal.</summary>
    /// <param name="message">The message, with the agent and the model of the work's user message.</param>
    /// <param name="work">The work.</param>
    AssistantMessage Open(AssistantMessage message, WorkRow work);

    /// <summary>Runs one step to its end. However it ends, its message is completed and nothing of it is left open.</summary>
    /// <param name="scope">The step and what it works with.</param>
    /// <param name="stop">Cancelled when the turn is aborted, or was taken over.</param>
    Task<StepOutcome> RunAsync(StepScope scope, CancellationToken stop);
}
