using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>The body of <c>POST /permission/{id}/reply</c>.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Message">With a rejection: what the model should do instead, as the person wrote it.</param>
public sealed record PermissionReplyRequest([property: JsonRequired] PermissionReply Reply, string? Message = null);
