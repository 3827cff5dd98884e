using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration;

/// <summary>Reads loosely typed JSON objects: a value of another type counts as absent.</summary>
internal static class JsonNodeReading
{
    public static string? Text(this JsonObject? node, string key) => node?[key].AsText();

    public static bool? Flag(this JsonObject? node, string key) =>
        node?[key] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    public static double? Number(this JsonObject? node, string key) => node?[key].AsNumber();

    public static JsonObject? Map(this JsonObject? node, string key) => node?[key] as JsonObject;

    public static IReadOnlyList<string>? Texts(this JsonObject? node, string key) =>
        node?[key] is JsonArray list ? [.. list.Select(AsText).OfType<string>()] : null;

    public static string? AsText(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static double? AsNumber(this JsonNode? node) => node is not JsonValue value ? null
        : value.TryGetValue<double>(out var number) ? number
        : value.TryGetValue<long>(out var whole) ? whole
        : value.TryGetValue<int>(out var small) ? small
        : null;

    /// <summary>A number that is written as the serializer reads whole numbers, without fraction and exponent.</summary>
    public static long? AsWhole(this JsonNode? node) =>
        node?.GetValueKind() == JsonValueKind.Number
        && long.TryParse(node.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole : null;

    /// <summary>
    /// Copies an element into nodes at once. The library's own nodes are made on first use, which two threads must not do at the
    /// same time, and refuse a key that occurs twice. Here the later one counts, as it does for OpenCode.
    /// </summary>
    public static JsonNode? ToNode(this JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonObject();
                foreach (var property in element.EnumerateObject())
                    map[property.Name] = property.Value.ToNode();
                return map;
            case JsonValueKind.Array:
                var list = new JsonArray();
                foreach (var item in element.EnumerateArray())
                    list.Add(item.ToNode());
                return list;
            case JsonValueKind.String:
                return JsonValue.Create(element.GetString());
            case JsonValueKind.True or JsonValueKind.False:
                return JsonValue.Create(element.GetBoolean());
            case JsonValueKind.Number:
                return element.TryGetInt64(out var whole) ? JsonValue.Create(whole) : JsonValue.Create(element.GetDouble());
            default:
                return null;
        }
    }
}
