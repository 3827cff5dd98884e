using Capstan.Contract;

namespace Capstan.Engine.Agents;

/// <summary>What a system prompt is made of.</summary>
public sealed record SystemPromptParts
{
    /// <summary>The agent, whose own prompt stands in place of the general one.</summary>
    public required AgentInfo Agent { get; init; }

    /// <summary>The model that is told who it is.</summary>
    public required ModelInfo Model { get; init; }

    /// <summary>Where it works.</summary>
    public required WorkspaceSurroundings Surroundings { get; init; }

    /// <summary>The day, in the user's time zone.</summary>
    public required DateOnly Today { get; init; }

    /// <summary>Instruction files and pages.</summary>
    public IReadOnlyList<Instruction> Instructions { get; init; } = [];

    /// <summary>What MCP servers say of themselves.</summary>
    public IReadOnlyList<string> McpInstructions { get; init; } = [];

    /// <summary>The list of skills, ready to be shown.</summary>
    public string? Skills { get; init; }

    /// <summary>How a structured answer is to be given, if one was asked for.</summary>
    public string? OutputFormat { get; init; }

    /// <summary>The user message's own addition.</summary>
    public string? System { get; init; }
}
