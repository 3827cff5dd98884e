using System.Text.Json;

namespace Capstan.Contract;

/// <summary>A mention of an agent in a prompt.</summary>
public sealed record AgentPart : Part
{
    /// <summary>The agent's name.</summary>
    public required string Name { get; init; }

    /// <summary>Where the prompt's text mentions the agent.</summary>
    public JsonElement? Source { get; init; }
}
