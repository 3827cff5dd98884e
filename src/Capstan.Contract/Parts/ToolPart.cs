using System.Text.Json;

namespace Capstan.Contract;

/// <summary>A tool call and, at its end, its result.</summary>
public sealed record ToolPart : Part
{
    /// <summary>The tool call's identifier, which the model chose.</summary>
    public required string CallID { get; init; }

    /// <summary>The tool's name.</summary>
    public required string Tool { get; init; }

    /// <summary>The state of the tool call.</summary>
    public required ToolState State { get; init; }

    /// <summary>The provider's own data about the tool call.</summary>
    public JsonElement? Metadata { get; init; }
}
