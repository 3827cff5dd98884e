using System.Text.Json;

namespace Capstan.Contract;

/// <summary>A session as clients see it (OpenCode schema <c>Session</c>). Absent values are left out, never null.</summary>
public sealed record SessionInfo
{
    /// <summary>The session's identifier, <c>ses_…</c>.</summary>
    public required string ID { get; init; }

    /// <summary>A readable name of two random words.</summary>
    public required string Slug { get; init; }

    /// <summary>The project that the directory belongs to.</summary>
    public required string ProjectID { get; init; }

    /// <summary>The absolute directory that the session works in.</summary>
    public required string Directory { get; init; }

    /// <summary>The directory relative to the top of the checkout.</summary>
    public string? Path { get; init; }

    /// <summary>The session's parent; absent for a session without one.</summary>
    public string? ParentID { get; init; }

    /// <summary>The title shown in lists.</summary>
    public required string Title { get; init; }

    /// <summary>The agent of the newest prompt.</summary>
    public string? Agent { get; init; }

    /// <summary>The model of the newest prompt.</summary>
    public SessionModel? Model { get; init; }

    /// <summary>The server version that created the session.</summary>
    public required string Version { get; init; }

    /// <summary>How many lines and files the session has changed.</summary>
    public SessionSummary? Summary { get; init; }

    /// <summary>The cost of the session so far, in US dollars.</summary>
    public double Cost { get; init; }

    /// <summary>The tokens that the session has used so far.</summary>
    public TokenUsage Tokens { get; init; } = TokenUsage.Zero;

    /// <summary>The client's own data, stored as given.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>Permission rules of this session, which apply after those of its agent.</summary>
    public IReadOnlyList<PermissionRule>? Permission { get; init; }

    /// <summary>What happens to permission requests that nobody answers; Capstan's own.</summary>
    public PermissionPolicy? PermissionPolicy { get; init; }

    /// <summary>When the session was created and last changed.</summary>
    public required SessionTime Time { get; init; }
}
