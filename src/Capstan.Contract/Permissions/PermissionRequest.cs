using System.Text.Json.Nodes;

namespace Capstan.Contract;

/// <summary>A question whether a tool call may run (OpenCode schema <c>PermissionRequest</c>).</summary>
public sealed record PermissionRequest
{
    /// <summary>The request's identifier, <c>per_…</c>.</summary>
    public required string ID { get; init; }

    /// <summary>The session whose turn asks.</summary>
    public required string SessionID { get; init; }

    /// <summary>The permission, such as <c>bash</c> or <c>edit</c>.</summary>
    public required string Permission { get; init; }

    /// <summary>What it is asked for; all must be granted.</summary>
    public required IReadOnlyList<string> Patterns { get; init; }

    /// <summary>What a person needs to see to decide.</summary>
    public required JsonObject Metadata { get; init; }

    /// <summary>The patterns that an answer of "always" grants.</summary>
    public required IReadOnlyList<string> Always { get; init; }

    /// <summary>
    /// Whether the call was not understood and is asked for as a whole, so that "always" covers this very text; Capstan's own.
    /// </summary>
    public bool? Whole { get; init; }

    /// <summary>The session at the top, where the one that asks is a child; Capstan's own.</summary>
    public string? RootSessionID { get; init; }

    /// <summary>When the request is answered by itself, in Unix milliseconds, where it is; Capstan's own.</summary>
    public long? Deadline { get; init; }

    /// <summary>The call that asks, if one does.</summary>
    public PermissionTool? Tool { get; init; }
}
