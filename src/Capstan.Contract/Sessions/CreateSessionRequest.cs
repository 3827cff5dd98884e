using System.Text.Json;

namespace Capstan.Contract;

/// <summary>The body of <c>POST /session</c>; all of it may be absent.</summary>
public sealed record CreateSessionRequest
{
    /// <summary>The session that this one is a child of.</summary>
    public string? ParentID { get; init; }

    /// <summary>A title; without one, a date stands in until the model finds one.</summary>
    public string? Title { get; init; }

    /// <summary>The agent of prompts that name none.</summary>
    public string? Agent { get; init; }

    /// <summary>The model of prompts that name none.</summary>
    public SessionModel? Model { get; init; }

    /// <summary>The client's own data.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>Rules for this session.</summary>
    public IReadOnlyList<PermissionRule>? Permission { get; init; }

    /// <summary>What happens to requests that nobody answers; Capstan's own.</summary>
    public PermissionPolicy? PermissionPolicy { get; init; }
}
