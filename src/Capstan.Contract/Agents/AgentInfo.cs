using System.Text.Json.Nodes;

namespace Capstan.Contract;

/// <summary>An agent (OpenCode schema <c>Agent</c>).</summary>
public sealed record AgentInfo
{
    /// <summary>The agent's name.</summary>
    public required string Name { get; init; }

    /// <summary>When to use the agent.</summary>
    public string? Description { get; init; }

    /// <summary>How the agent may be used: subagent, primary or all.</summary>
    public required string Mode { get; init; }

    /// <summary>Whether the agent is built in.</summary>
    public bool? Native { get; init; }

    /// <summary>Whether lists leave the agent out.</summary>
    public bool? Hidden { get; init; }

    /// <summary>The share of probability for nucleus sampling, 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>The temperature for sampling, 0 to 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>A colour for display.</summary>
    public string? Color { get; init; }

    /// <summary>The rules for the agent's tool calls; of several rules that match, the last one decides.</summary>
    public required IReadOnlyList<PermissionRule> Permission { get; init; }

    /// <summary>The agent's model, for prompts that name none; absent where the agent has none of its own.</summary>
    public ModelRef? Model { get; init; }

    /// <summary>The reasoning preset for the agent's model, for prompts that name none.</summary>
    public string? Variant { get; init; }

    /// <summary>The agent's own system prompt, in place of the general one.</summary>
    public string? Prompt { get; init; }

    /// <summary>Further options for the provider.</summary>
    public required JsonObject Options { get; init; }

    /// <summary>The number of the step in a turn at which the agent is told to finish; absent for no limit.</summary>
    public int? Steps { get; init; }
}
