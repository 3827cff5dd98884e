namespace Capstan.Contract;

/// <summary>The tool call that asks for a permission.</summary>
/// <param name="MessageID">The message of the call.</param>
/// <param name="CallID">The call's identifier.</param>
public sealed record PermissionTool(string MessageID, string CallID);
