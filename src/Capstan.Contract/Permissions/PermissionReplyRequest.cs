using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>The body of <c>POST /permission/{id}/reply</c>.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Message">With a rejection: what the model is told to do instead.</param>
public sealed record PermissionReplyRequest([property: JsonRequired] PermissionReply Reply, string? Message = null);
