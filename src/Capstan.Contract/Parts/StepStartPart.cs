namespace Capstan.Contract;

/// <summary>Marks the beginning of a step, when the model begins to answer.</summary>
public sealed record StepStartPart : Part
{
    /// <summary>The snapshot's tree before the step; absent where there is no snapshot.</summary>
    public string? Snapshot { get; init; }
}
