using System.Text.Json;

namespace Capstan.Contract;

/// <summary>The body of <c>PATCH /session/{id}</c>. A property that is absent leaves the session's value as it is.</summary>
public sealed record UpdateSessionRequest
{
    /// <summary>A new title.</summary>
    public string? Title { get; init; }

    /// <summary>Data that replaces the client's own data.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>Permission rules that are appended to the session's.</summary>
    public IReadOnlyList<PermissionRule>? Permission { get; init; }

    /// <summary>What happens to permission requests that nobody answers; Capstan's own.</summary>
    public PermissionPolicy? PermissionPolicy { get; init; }

    /// <summary>The time at which the session was archived.</summary>
    public ArchiveTime? Time { get; init; }
}
