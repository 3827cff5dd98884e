namespace Capstan.Contract;

/// <summary>A model call begins to answer.</summary>
public sealed record StepStartPart : Part
{
    /// <summary>The tree of the workspace before the step, where snapshots are on.</summary>
    public string? Snapshot { get; init; }
}
