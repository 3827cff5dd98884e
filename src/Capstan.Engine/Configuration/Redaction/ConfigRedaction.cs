using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Description;

namespace Capstan.Engine.Configuration.Redaction;

/// <summary>
/// Removes secrets from a configuration that clients are shown. A secret value is dropped rather than masked, so that a client
/// that sends the configuration back does not replace a key by a mask. Within a list or a text, a secret can only be masked.
/// </summary>
internal static class ConfigRedaction
{
    // Keys count by their names alone, wherever they stand, since what is handed on to providers and servers has no description.
    // People choose the names below the first, so that a name there says nothing about its value: an agent may be called
    // token-counter. Below the second, all texts are dropped.
    private static readonly HashSet<string> NamedByPeople = Names(StringComparer.Ordinal, static key => key.IsNamedByPeople);
    private static readonly HashSet<string> PassedOn = Names(StringComparer.OrdinalIgnoreCase, static key => key.IsPassedOn);

    /// <summary>Returns a copy without secrets.</summary>
    public static JsonObject Without(JsonObject source) => Copy(source, namesTell: true);

    /// <summary>Returns a copy of any value without secrets.</summary>
    public static JsonNode? Of(JsonNode? value) => value switch
    {
        JsonObject map => Without(map),
        JsonArray list => Copy(list),
        _ => Redact(value),
    };

    private static HashSet<string> Names(StringComparer comparer, Func<ConfigKey, bool> holds) => Kinds.Object(OpenCodeKeys.All).AllKeys
        .Where(holds).Select(static key => key.Name).ToHashSet(comparer);

    private static JsonObject Copy(JsonObject source, bool namesTell)
    {
        var copy = new JsonObject();
        foreach (var (key, value) in source)
        {
            if (namesTell && SecretNames.IsSecret(key) && HoldsText(value))
                continue;
            copy[key] = value switch
            {
                // Below "permission" the names are those of tools, and patterns that
                // their calls are matched with; no such name tells of a secret.
                JsonObject rules when key == "permission" && namesTell => Plain(rules),
                JsonObject handed when PassedOn.Contains(key) && namesTell => WithoutTexts(handed),
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
            copy.Add(isAnnounced && item.AsText() is not null ? JsonValue.Create(SecretShapes.Mask) : Of(item));
            isAnnounced = item.AsText() is { } text && SecretShapes.Announces(text);
        }

        return copy;
    }

    private static JsonObject Plain(JsonObject source) =>
        new(source.Select(static pair => KeyValuePair.Create(pair.Key, pair.Value is JsonObject map ? Plain(map) : Redact(pair.Value))));

    private static JsonNode? Redact(JsonNode? value) =>
        value.AsText() is { } text ? JsonValue.Create(SecretShapes.Redact(text)) : value?.DeepClone();

    /// <summary>Returns the map without members that hold text. Numbers and switches stay, because they are settings.</summary>
    private static JsonObject WithoutTexts(JsonObject source) =>
        new(source.Where(static pair => !HoldsText(pair.Value)).Select(static pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone())));

    private static bool HoldsText(JsonNode? value) => value switch
    {
        JsonObject map => map.Any(static pair => HoldsText(pair.Value)),
        JsonArray list => list.Any(HoldsText),
        _ => value.AsText() is not null,
    };
}
