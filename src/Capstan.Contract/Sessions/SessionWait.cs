namespace Capstan.Contract;

/// <summary>One thing that a busy session waits for at this moment; Capstan's own, beside OpenCode's schema <c>SessionStatus</c>.</summary>
/// <param name="Kind"><c>model</c>, <c>tool</c> or <c>permission</c>.</param>
/// <param name="Since">Since when, in Unix milliseconds.</param>
public sealed record SessionWait(string Kind, long Since)
{
    /// <summary>The kind that waits for a model to answer.</summary>
    public const string ForModel = "model";

    /// <summary>The kind that waits for a tool call to return.</summary>
    public const string ForTool = "tool";

    /// <summary>The kind that waits for a person to answer a permission request.</summary>
    public const string ForPermission = "permission";

    /// <summary>The model, as <c>provider/model</c>.</summary>
    public string? Model { get; init; }

    /// <summary>The tool's name.</summary>
    public string? Tool { get; init; }

    /// <summary>The tool call that runs, or that asks for the permission.</summary>
    public string? CallID { get; init; }

    /// <summary>The permission that is asked for, such as <c>bash</c>.</summary>
    public string? Permission { get; init; }

    /// <summary>The permission request, as <c>GET /permission</c> lists it.</summary>
    public string? PermissionID { get; init; }
}
