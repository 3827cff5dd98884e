using System.Text.Json;

namespace Capstan.Contract;

/// <summary>The body of <c>POST /session</c>. Every property may be absent, and so may the body.</summary>
public sealed record CreateSessionRequest
{
    /// <summary>The parent of the new session.</summary>
    public string? ParentID { get; init; }

    /// <summary>A title; where absent, one with the date, until the model has found one.</summary>
    public string? Title { get; init; }

    /// <summary>The agent for prompts that name none.</summary>
    public string? Agent { get; init; }

    /// <summary>The model for prompts that name none.</summary>
    public SessionModel? Model { get; init; }

    /// <summary>The client's own data.</summary>
    public JsonElement? Metadata { get; init; }

    /// <summary>Permission rules for this session.</summary>
    public IReadOnlyList<PermissionRule>? Permission { get; init; }

    /// <summary>What happens to permission requests that nobody answers; Capstan's own.</summary>
    public PermissionPolicy? PermissionPolicy { get; init; }
}
