using System.Text.Json;

namespace Capstan.Contract;

/// <summary>A tool call and, at its end, its result.</summary>
public sealed record ToolPart : Part
{
    /// <summary>The call's identifier, given by the model.</summary>
    public required string CallID { get; init; }

    /// <summary>The tool's name.</summary>
    public required string Tool { get; init; }

    /// <summary>Where the call stands.</summary>
    public required ToolState State { get; init; }

    /// <summary>The provider's own data about the call.</summary>
    public JsonElement? Metadata { get; init; }
}
