using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration.Redaction;

/// <summary>The secrets that stand in the configuration of a provider or of an MCP server: by their names, or by what they look like.</summary>
internal static class SecretTexts
{
    /// <summary>What a provider's options and its models hold.</summary>
    public static IEnumerable<string> OfProvider(JsonObject provider) => Parts(provider).SelectMany(static part => Of(part, isSecret: false));

    /// <summary>The values of a provider's headers and those of its models, secret or not.</summary>
    public static IEnumerable<string> HeadersOf(JsonObject provider) =>
        Parts(provider).SelectMany(static part => (part.Map("headers") ?? []).Select(static header => header.Value.AsText())).OfType<string>();

    /// <summary>What stands anywhere in a value.</summary>
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
