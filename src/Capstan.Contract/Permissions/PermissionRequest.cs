using System.Text.Json.Nodes;

namespace Capstan.Contract;

/// <summary>A permission request: the question whether a tool call may run (OpenCode schema <c>PermissionRequest</c>).</summary>
public sealed record PermissionRequest
{
    /// <summary>The request's identifier, <c>per_…</c>.</summary>
    public required string ID { get; init; }

    /// <summary>The session whose turn makes the request.</summary>
    public required string SessionID { get; init; }

    /// <summary>The permission, such as <c>bash</c> or <c>edit</c>.</summary>
    public required string Permission { get; init; }

    /// <summary>The patterns that the permission is asked for; each of them must be allowed.</summary>
    public required IReadOnlyList<string> Patterns { get; init; }

    /// <summary>The facts that a person needs to decide.</summary>
    public required JsonObject Metadata { get; init; }

    /// <summary>The patterns that an answer of "always" allows.</summary>
    public required IReadOnlyList<string> Always { get; init; }

    /// <summary>
    /// Whether "always" covers only this very text: because the tool call was not understood and is asked for as a whole, or because
    /// no rule but one that names the text may allow it. Capstan's own.
    /// </summary>
    public bool? Whole { get; init; }

    /// <summary>The root session, where the session that makes the request is a child; Capstan's own.</summary>
    public string? RootSessionID { get; init; }

    /// <summary>
    /// When the policy answers the request, in Unix milliseconds; absent where the policy has no deadline. Capstan's own.
    /// </summary>
    public long? Deadline { get; init; }

    /// <summary>The tool call that makes the request; absent where there is none.</summary>
    public PermissionTool? Tool { get; init; }
}
