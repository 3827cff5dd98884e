using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Redaction;

/// <summary>
/// Finds secrets in the configuration of a provider or an MCP server, by the names of keys or by what values look like.
/// </summary>
internal static class SecretTexts
{
    /// <summary>Finds the secrets in a provider's options and in its models.</summary>
    public static IEnumerable<string> OfProvider(JsonObject provider) => Parts(provider).SelectMany(static part => Of(part, isSecret: false));

    /// <summary>Lists the values of all headers of a provider and of its models, whether they are secret or not.</summary>
    public static IEnumerable<string> HeadersOf(JsonObject provider) =>
        Parts(provider).SelectMany(static part => (part.Map("headers") ?? []).Select(static header => header.Value.AsText())).OfType<string>();

    /// <summary>Finds the secrets anywhere in a value.</summary>
    public static IEnumerable<string> Of(JsonNode? node, bool isSecret) => node switch
    {
        JsonObject map => map.SelectMany(pair => Of(pair.Value, isSecret || SecretNames.IsSecret(pair.Key))),
        JsonArray list => list.SelectMany(item => Of(item, isSecret)),
        _ => node.AsText() is { Length: > 0 } text && (isSecret || SecretShapes.Redact(text) != text) ? [text] : [],
    };

    private static IEnumerable<JsonObject> Parts(JsonObject provider) => (provider.Map("models") ?? [])
        .Select(static model => model.Value as JsonObject)
        .Append(provider.Map("options"))
        .OfType<JsonObject>();
}
