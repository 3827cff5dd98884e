namespace Capstan.Contract;

/// <summary>A task that a subagent is to do.</summary>
public sealed record SubtaskPart : Part
{
    /// <summary>What the subagent is told.</summary>
    public required string Prompt { get; init; }

    /// <summary>The task in a few words.</summary>
    public required string Description { get; init; }

    /// <summary>The subagent's name.</summary>
    public required string Agent { get; init; }

    /// <summary>The model that the subagent is to use.</summary>
    public ModelRef? Model { get; init; }

    /// <summary>The command that asked for it.</summary>
    public string? Command { get; init; }
}
