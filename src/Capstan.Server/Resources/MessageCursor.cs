using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Storage;

namespace Capstan.Server.Resources;

/// <summary>The cursor for the next older page of a history: base64url of <c>{"id","time"}</c>, as on OpenCode's wire.</summary>
internal static class MessageCursor
{
    /// <summary>Makes the cursor for the page before a message.</summary>
    public static string Write(MessageRow message) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(
        new JsonObject { ["id"] = message.ID, ["time"] = message.ReadInfo().Time.Created }, WireJson.Wire.JsonObject));

    /// <summary>Returns the identifier of the message that a cursor names; null where the text is no cursor.</summary>
    public static string? Read(string cursor)
    {
        try
        {
            return JsonSerializer.Deserialize(Base64Url.DecodeFromChars(cursor), WireJson.Wire.JsonObject)?["id"]?.GetValue<string>();
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
