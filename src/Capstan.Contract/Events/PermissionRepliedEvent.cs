namespace Capstan.Contract;

/// <summary>The properties of <c>permission.replied</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="RequestID">The permission request.</param>
/// <param name="Reply">The answer.</param>
public sealed record PermissionRepliedEvent(string SessionID, string RequestID, PermissionReply Reply);
