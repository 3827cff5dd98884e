using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Models;

/// <summary>
/// Converts the arguments of a tool call between JSON, in which they are stored, and <see cref="FunctionCallContent.Arguments"/>,
/// which every <see cref="IChatClient"/> reads and fills. <see cref="AIContent.RawRepresentation"/> is not used, because it is
/// the client's own.
/// </summary>
internal static class ToolCallArguments
{
    /// <summary>The arguments as a JSON object.</summary>
    public static JsonElement Read(FunctionCallContent call)
    {
        using var document = JsonDocument.Parse(Write(call).WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>The arguments as the text of a JSON object.</summary>
    public static ArrayBufferWriter<byte> Write(FunctionCallContent call)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        WriteObject(writer, call.Arguments ?? new Dictionary<string, object?>());
        writer.Flush();
        return buffer;
    }

    /// <summary>The arguments that a JSON value stands for; none where the value is not an object.</summary>
    public static Dictionary<string, object?> Of(JsonElement input)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (input.ValueKind != JsonValueKind.Object)
            return arguments;
        foreach (var property in input.EnumerateObject())
            arguments[property.Name] = property.Value;
        return arguments;
    }

    private static void WriteObject(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, object?>> members)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            WriteValue(writer, value);
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes an argument, whatever a client has made of it: parsed JSON, or values and collections of .NET.</summary>
    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null or JsonElement { ValueKind: JsonValueKind.Undefined }:
                writer.WriteNullValue();
                break;
            case JsonElement element:
                element.WriteTo(writer);
                break;
            case JsonNode node:
                node.WriteTo(writer);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case float number:
                writer.WriteNumberValue(number);
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong or decimal:
                writer.WriteNumberValue(Convert.ToDecimal(value, CultureInfo.InvariantCulture));
                break;
            case IEnumerable<KeyValuePair<string, object?>> members:
                WriteObject(writer, members);
                break;
            case IEnumerable items:
                writer.WriteStartArray();
                foreach (var item in items)
                    WriteValue(writer, item);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
