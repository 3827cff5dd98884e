namespace Capstan.Contract;

/// <summary>Marks the end of a step: of a model call and the tool calls that it asked for.</summary>
public sealed record StepFinishPart : Part
{
    /// <summary>Why the model stopped.</summary>
    public required string Reason { get; init; }

    /// <summary>The snapshot's tree after the step; absent where there is no snapshot.</summary>
    public string? Snapshot { get; init; }

    /// <summary>The cost of the model call, in US dollars.</summary>
    public required double Cost { get; init; }

    /// <summary>The tokens of the model call.</summary>
    public required TokenUsage Tokens { get; init; }
}
