using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Redaction;

/// <summary>
/// Takes secrets out of what clients are shown of a configuration. Whole values are dropped rather than masked, so that a client that
/// sends back what it got does not replace a key by a mask; within a list or a text there is no other way than to mask.
/// </summary>
internal static class ConfigRedaction
{
    // Below these keys people choose the names, and a name says nothing of what is under it: an agent may be called token-counter.
    private static readonly HashSet<string> NamedByPeople = new(StringComparer.Ordinal)
    {
        "agent", "mode", "command", "provider", "models", "mcp", "lsp", "formatter", "tools", "variants", "references", "reference",
    };

    // Maps whose values are given to somebody else as they are; which of them are secret is not for us to tell.
    private static readonly HashSet<string> Handed = new(StringComparer.OrdinalIgnoreCase) { "headers", "environment", "env" };

    /// <summary>A copy without secrets.</summary>
    public static JsonObject Without(JsonObject source) => Copy(source, namesTell: true);

    private static JsonObject Copy(JsonObject source, bool namesTell)
    {
        var copy = new JsonObject();
        foreach (var (key, value) in source)
        {
            if (namesTell && SecretNames.IsSecret(key) && HoldsText(value))
                continue;
            copy[key] = value switch
            {
                // Names of tools and patterns of what they are asked for, none of which is a name of ours.
                JsonObject rules when key == "permission" && namesTell => Plain(rules),
                JsonObject handed when Handed.Contains(key) && namesTell => WithoutTexts(handed),
                JsonObject map => Copy(map, namesTell: !(namesTell && NamedByPeople.Contains(key))),
                JsonArray list => Copy(list),
                _ => Redact(value),
            };
        }

        return copy;
    }

    private static JsonArray Copy(JsonArray source)
    {
        var copy = new JsonArray();
        var isAnnounced = false;
        foreach (var item in source)
        {
            copy.Add(item switch
            {
                JsonObject map => Copy(map, namesTell: true),
                JsonArray list => Copy(list),
                JsonValue when isAnnounced && item.AsText() is not null => JsonValue.Create(SecretShapes.Mask),
                _ => Redact(item),
            });
            isAnnounced = item.AsText() is { } text && SecretShapes.Announces(text);
        }

        return copy;
    }

    private static JsonObject Plain(JsonObject source) =>
        new(source.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value is JsonObject map ? Plain(map) : Redact(pair.Value))));

    private static JsonNode? Redact(JsonNode? value) =>
        value.AsText() is { } text ? JsonValue.Create(SecretShapes.Redact(text)) : value?.DeepClone();

    /// <summary>The map with what is no text: numbers and switches are settings.</summary>
    private static JsonObject WithoutTexts(JsonObject source) =>
        new(source.Where(static pair => !HoldsText(pair.Value)).Select(static pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    private static bool HoldsText(JsonNode? value) => value switch
    {
        JsonObject map => map.Any(static pair => HoldsText(pair.Value)),
        JsonArray list => list.Any(HoldsText),
        _ => value.AsText() is not null,
    };
}
