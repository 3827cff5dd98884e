using System.Collections.Immutable;
using Capstan.Contract;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Turns;

/// <summary>What a turn has taken up so far. Immutable: a transaction that is run again starts from the same state.</summary>
/// <param name="TurnID">The turn's identifier.</param>
/// <param name="Work">The work that the turn carries out, in the order in which it joined.</param>
/// <param name="Parent">The user message of the newest of this work, which the next step answers.</param>
/// <param name="LastMessageID">The message of the last step, if there was one.</param>
internal sealed record TurnState(
    string TurnID, ImmutableArray<WorkRow> Work, UserMessage? Parent = null, string? LastMessageID = null)
{
    /// <summary>The lease under which the turn writes; null before its first look.</summary>
    public SessionLease? Lease { get; init; }

    /// <summary>What changed in files since the newest work was taken up; null as long as no change is known.</summary>
    public IReadOnlyList<FileDiff>? Diffs { get; init; }
}
