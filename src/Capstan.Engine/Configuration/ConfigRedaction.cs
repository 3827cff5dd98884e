using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration;

/// <summary>
/// Takes keys out of what clients are shown. They are dropped rather than masked, so that a client that sends back what it got
/// does not replace a key by stars.
/// </summary>
internal static class ConfigRedaction
{
    private static readonly string[] Telling =
        ["apikey", "api-key", "api_key", "authorization", "token", "secret", "password", "credential", "cookie", "accesskey"];

    /// <summary>A copy without secrets.</summary>
    public static JsonObject Without(JsonObject source)
    {
        var copy = new JsonObject();
        foreach (var (key, value) in source)
        {
            if (value is JsonValue && value.AsText() is not null && IsSecret(key))
                continue;
            copy[key] = Copy(value);
        }

        return copy;
    }

    /// <summary>Whether a value under this name is one to keep.</summary>
    public static bool IsSecret(string key) => Telling.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static JsonNode? Copy(JsonNode? value) => value switch
    {
        JsonObject inner => Without(inner),
        JsonArray list => new JsonArray([.. list.Select(Copy)]),
        _ => value?.DeepClone(),
    };
}
