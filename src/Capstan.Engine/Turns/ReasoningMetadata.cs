using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;

namespace Capstan.Engine.Turns;

/// <summary>
/// What a provider signs or seals its reasoning with and wants back with it. Kept in the part's metadata, and sent to the model that
/// it came from and to no other.
/// </summary>
internal static class ReasoningMetadata
{
    private const string Key = "protectedData";

    /// <summary>The metadata of a part; null where there is nothing to keep.</summary>
    public static JsonElement? Of(string? protectedData) => string.IsNullOrEmpty(protectedData)
        ? null
        : JsonSerializer.SerializeToElement(new JsonObject { [Key] = protectedData }, WireJson.Wire.JsonObject);

    /// <summary>What the provider wants back; null where there is nothing.</summary>
    public static string? Read(JsonElement? metadata) =>
        metadata is { ValueKind: JsonValueKind.Object } kept && kept.TryGetProperty(Key, out var data) && data.ValueKind == JsonValueKind.String
            ? data.GetString()
            : null;
}
