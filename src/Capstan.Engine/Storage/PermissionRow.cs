using System.Text.Json;
using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>A permission request as it is stored.</summary>
/// <param name="ID">The request's identifier.</param>
/// <param name="SessionID">The session that asks.</param>
/// <param name="Directory">The workspace of that session.</param>
/// <param name="Json">The request's JSON, as it is served.</param>
/// <param name="Answer">The answer, from when somebody gives it until the tool call has seen it.</param>
public sealed record PermissionRow(
    string ID, string SessionID, string Directory, ReadOnlyMemory<byte> Json, PermissionAnswer? Answer = null)
{
    /// <summary>The request, parsed.</summary>
    public PermissionRequest Read() => JsonSerializer.Deserialize(Json.Span, WireJson.Wire.PermissionRequest)!;
}
