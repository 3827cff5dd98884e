using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using System.Text.Unicode;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Requests;

/// <summary>Reads JSON request bodies.</summary>
internal static class RequestBodies
{
    /// <summary>Reads a body that must not be empty.</summary>
    /// <exception cref="InvalidBodyException">The body is empty, not JSON, or does not fit the type.</exception>
    public static async Task<T> ReadJsonAsync<T>(this HttpContext http, JsonTypeInfo<T> typeInfo)
        where T : class =>
        await http.ReadOptionalJsonAsync(typeInfo)
        ?? throw new InvalidBodyException("Expected a JSON object, got an empty body or null");

    /// <summary>Reads a body that may be empty.</summary>
    /// <returns>The value, or null for an empty body or a JSON null.</returns>
    /// <exception cref="InvalidBodyException">The body is not JSON, or does not fit the type.</exception>
    public static async Task<T?> ReadOptionalJsonAsync<T>(this HttpContext http, JsonTypeInfo<T> typeInfo)
        where T : class
    {
        var body = await ReadAllAsync(http);
        try
        {
            RequireText(body);
            return IsBlank(body) ? null : JsonSerializer.Deserialize(body, typeInfo);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            throw new InvalidBodyException(Explain(body, typeInfo, (exception as JsonException)?.Path));
        }
    }

    private static async Task<byte[]> ReadAllAsync(HttpContext http)
    {
        var reader = http.Request.BodyReader;
        while (true)
        {
            var result = await ReadAsync(reader, http.RequestAborted);
            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return body;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static async Task<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (IOException exception) when (exception is not BadHttpRequestException)
        {
            // The transport throws this where the size of a chunk is not a number, or too large a number.
            throw new BadHttpRequestException($"The request body cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Refuses a body that cannot be text: bytes that are not UTF-8, and escapes that name half a character. Stored in a client's
    /// own data as they are, they would make a later write of that data fail.
    /// </summary>
    private static void RequireText(byte[] body)
    {
        if (!Utf8.IsValid(body))
            throw new InvalidBodyException("The body is not UTF-8");
        if (IsBlank(body) || body.AsSpan().IndexOf("\\u"u8) < 0)
            return;
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (!reader.ValueIsEscaped || reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName))
                continue;
            try
            {
                reader.GetString();
            }
            catch (InvalidOperationException)
            {
                throw new InvalidBodyException($"The text at byte {reader.TokenStartIndex} escapes half a character (a surrogate without its pair)");
            }
        }
    }

    private static bool IsBlank(byte[] body) => body.AsSpan().Trim(" \t\r\n"u8).IsEmpty;

    /// <summary>Says why the serializer refused a body, without naming the serializer or a type of Capstan's.</summary>
    private static string Explain(byte[] body, JsonTypeInfo typeInfo, string? path)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return BodyShape.Problem(document.RootElement, typeInfo)
                ?? $"The body does not have the expected shape{(path is null or "$" ? "" : $"\n  at {path}")}";
        }
        catch (JsonException exception)
        {
            return $"The body is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}";
        }
    }
}
