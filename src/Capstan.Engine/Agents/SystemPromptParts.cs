using Capstan.Contract;

namespace Capstan.Engine.Agents;

/// <summary>What a system prompt is made of.</summary>
internal sealed record SystemPromptParts
{
    /// <summary>The agent, whose own prompt stands in place of the general one.</summary>
    public required AgentInfo Agent { get; init; }

    /// <summary>The model, which is told its own name.</summary>
    public required ModelInfo Model { get; init; }

    /// <summary>What the model is told of the place it works in.</summary>
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

    /// <summary>What the user message adds to the system prompt.</summary>
    public string? System { get; init; }
}
