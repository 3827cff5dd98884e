namespace Capstan.Contract;

/// <summary>A task for a subagent.</summary>
public sealed record SubtaskPart : Part
{
    /// <summary>The prompt for the subagent.</summary>
    public required string Prompt { get; init; }

    /// <summary>The task in a few words.</summary>
    public required string Description { get; init; }

    /// <summary>The subagent's name.</summary>
    public required string Agent { get; init; }

    /// <summary>The model that the subagent uses.</summary>
    public ModelRef? Model { get; init; }

    /// <summary>The command that asked for the task.</summary>
    public string? Command { get; init; }
}
