using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;

namespace Capstan.Engine.Turns;

/// <summary>
/// The signature or the encrypted data that a provider attaches to reasoning and wants sent back with that reasoning. It is kept
/// in the part's metadata, and sent only to the model that it came from.
/// </summary>
internal static class ReasoningMetadata
{
    private const string Key = "protectedData";

    /// <summary>The metadata of a reasoning part with this data; null where the data is null or empty.</summary>
    public static JsonElement? Of(string? protectedData) => string.IsNullOrEmpty(protectedData)
        ? null
        : JsonSerializer.SerializeToElement(new JsonObject { [Key] = protectedData }, WireJson.Wire.JsonObject);

    /// <summary>The data that the provider wants back, read from a part's metadata; null where there is none.</summary>
    public static string? Read(JsonElement? metadata) =>
        metadata is { ValueKind: JsonValueKind.Object } kept && kept.TryGetProperty(Key, out var data) && data.ValueKind == JsonValueKind.String
            ? data.GetString()
            : null;
}
