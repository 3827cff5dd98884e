using System.Text.Json;

namespace Capstan.Contract;

/// <summary>The body of <c>PATCH /session/{id}</c>; what is absent stays.</summary>
public sealed record UpdateSessionRequest
{
    /// <summary>A new title.</summary>
    public string? Title { get; init; }

    /// <summary>Data that replaces the client's own.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>Rules that are appended to the session's.</summary>
    public IReadOnlyList<PermissionRule>? Permission { get; init; }

    /// <summary>What happens to requests that nobody answers; Capstan's own.</summary>
    public PermissionPolicy? PermissionPolicy { get; init; }

    /// <summary>When the session was archived.</summary>
    public ArchiveTime? Time { get; init; }
}
