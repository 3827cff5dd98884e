using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>The body of the older <c>POST /session/{id}/permissions/{permissionID}</c>.</summary>
/// <param name="Response">The answer.</param>
public sealed record PermissionResponseRequest([property: JsonRequired] PermissionReply Response);
