using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Capstan.Engine.Storage;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Replies;

/// <summary>Writes JSON answers.</summary>
internal static class JsonReplies
{
    private const string ContentType = "application/json";

    /// <summary>Writes a value as the answer.</summary>
    public static Task WriteJsonAsync<T>(this HttpContext http, T value, JsonTypeInfo<T> typeInfo, int status = 200) =>
        http.WriteJsonAsync(JsonSerializer.SerializeToUtf8Bytes(value, typeInfo), status);

    /// <summary>Writes JSON as the answer.</summary>
    public static async Task WriteJsonAsync(this HttpContext http, ReadOnlyMemory<byte> json, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = ContentType;
        http.Response.ContentLength = json.Length;
        await http.Response.BodyWriter.WriteAsync(json, http.RequestAborted);
    }

    /// <summary>Writes <c>true</c> as the answer.</summary>
    public static Task WriteTrueAsync(this HttpContext http) => http.WriteJsonAsync("true"u8.ToArray());

    /// <summary>Writes a stored message with its parts, both as they are stored.</summary>
    public static void Write(this IBufferWriter<byte> output, MessageRow message)
    {
        output.Write("{\"info\":"u8);
        output.Write(message.Info.Span);
        output.Write(",\"parts\":["u8);
        for (var i = 0; i < message.Parts.Count; i++)
        {
            if (i > 0)
                output.Write(","u8);
            output.Write(message.Parts[i].Span);
        }

        output.Write("]}"u8);
    }
}
