namespace Capstan.Contract;

/// <summary>The tool call that makes a permission request.</summary>
/// <param name="MessageID">The message that holds the tool call.</param>
/// <param name="CallID">The tool call's identifier.</param>
public sealed record PermissionTool(string MessageID, string CallID);
