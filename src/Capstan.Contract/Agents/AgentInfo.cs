using System.Text.Json.Nodes;

namespace Capstan.Contract;

/// <summary>An agent (OpenCode schema <c>Agent</c>).</summary>
public sealed record AgentInfo
{
    /// <summary>The agent's name.</summary>
    public required string Name { get; init; }

    /// <summary>When to use it.</summary>
    public string? Description { get; init; }

    /// <summary>subagent, primary or all.</summary>
    public required string Mode { get; init; }

    /// <summary>Whether it is built in.</summary>
    public bool? Native { get; init; }

    /// <summary>Whether lists leave it out.</summary>
    public bool? Hidden { get; init; }

    /// <summary>Nucleus sampling, 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>Sampling temperature, 0 to 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>A colour for display.</summary>
    public string? Color { get; init; }

    /// <summary>The rules for its tool calls; of those that match, the last counts.</summary>
    public required IReadOnlyList<PermissionRule> Permission { get; init; }

    /// <summary>The model that it always uses.</summary>
    public ModelRef? Model { get; init; }

    /// <summary>The reasoning preset that it always uses.</summary>
    public string? Variant { get; init; }

    /// <summary>Its own system prompt, in place of the general one.</summary>
    public string? Prompt { get; init; }

    /// <summary>Further options for the provider.</summary>
    public required JsonObject Options { get; init; }

    /// <summary>After how many steps it is told to wrap up.</summary>
    public int? Steps { get; init; }
}
