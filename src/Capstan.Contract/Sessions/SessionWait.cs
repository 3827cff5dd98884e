namespace Capstan.Contract;

/// <summary>
/// One thing that holds up a busy session at this moment; Capstan's own addition to OpenCode's schema <c>SessionStatus</c>.
/// </summary>
/// <param name="Kind">What the session is held up by: <c>model</c>, <c>tool</c> or <c>permission</c>.</param>
/// <param name="Since">Since when the session is held up by it, in Unix milliseconds.</param>
public sealed record SessionWait(string Kind, long Since)
{
    /// <summary>The kind for a model that has not answered yet.</summary>
    public const string ForModel = "model";

    /// <summary>The kind for a tool call that has not returned yet.</summary>
    public const string ForTool = "tool";

    /// <summary>The kind for a permission request that nobody has answered yet.</summary>
    public const string ForPermission = "permission";

    /// <summary>With a model: its name, as <c>provider/model</c>.</summary>
    public string? Model { get; init; }

    /// <summary>With a tool call: the tool's name.</summary>
    public string? Tool { get; init; }

    /// <summary>The identifier of the tool call that runs or makes the permission request.</summary>
    public string? CallID { get; init; }

    /// <summary>With a permission request: the permission, such as <c>bash</c>.</summary>
    public string? Permission { get; init; }

    /// <summary>With a permission request: its identifier, as <c>GET /permission</c> lists it.</summary>
    public string? PermissionID { get; init; }
}
