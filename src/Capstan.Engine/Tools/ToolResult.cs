using System.Text.Json.Nodes;

namespace Capstan.Engine.Tools;

/// <summary>The result of a tool call.</summary>
/// <param name="Title">What the call did, in a few words.</param>
/// <param name="Output">The text that the model gets.</param>
/// <param name="Metadata">The tool's own data for clients; <c>truncated</c> says whether the output was cut.</param>
public sealed record ToolResult(string Title, string Output, JsonObject Metadata)
{
    /// <summary>Files that the tool returned.</summary>
    public IReadOnlyList<ToolAttachment> Attachments { get; init; } = [];
}
