using System.Collections.Immutable;
using Capstan.Contract;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Turns;

/// <summary>What a turn has taken up so far. Immutable: a transaction that is run again starts from the same state.</summary>
/// <param name="TurnID">The turn's identifier.</param>
/// <param name="Prompts">The prompts that the turn answers, in the order in which they joined.</param>
/// <param name="Parent">The newest of these prompts, which the next step answers.</param>
/// <param name="LastMessageID">The message of the last step, if there was one.</param>
internal sealed record TurnState(
    string TurnID, ImmutableArray<WorkRow> Prompts, UserMessage? Parent = null, string? LastMessageID = null)
{
    /// <summary>The lease under which the turn writes; null before its first look.</summary>
    public SessionLease? Lease { get; init; }

    /// <summary>What changed in files since the newest prompt; null as long as no change is known.</summary>
    public IReadOnlyList<FileDiff>? Diffs { get; init; }
}
