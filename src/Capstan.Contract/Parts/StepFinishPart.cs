namespace Capstan.Contract;

/// <summary>A model call and the tools that it asked for are done.</summary>
public sealed record StepFinishPart : Part
{
    /// <summary>Why the model stopped.</summary>
    public required string Reason { get; init; }

    /// <summary>The tree of the workspace after the step, where snapshots are on.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Cost of the call, in US dollars.</summary>
    public required double Cost { get; init; }

    /// <summary>Tokens of the call.</summary>
    public required TokenUsage Tokens { get; init; }
}
