using System.Text.Json.Nodes;

namespace Capstan.Engine.Tools;

/// <summary>What a tool call returned.</summary>
/// <param name="Title">What was done, in a few words.</param>
/// <param name="Output">What the model is given.</param>
/// <param name="Metadata">The tool's own data for clients; <c>truncated</c> says whether output was cut.</param>
public sealed record ToolResult(string Title, string Output, JsonObject Metadata)
{
    /// <summary>Files that the tool returned.</summary>
    public IReadOnlyList<ToolAttachment> Attachments { get; init; } = [];
}
