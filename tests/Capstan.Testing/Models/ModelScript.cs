using System.Text.Json;
using System.Text.Json.Serialization;

namespace Capstan.Testing.Models;

/// <summary>A named list of steps, one per model call of a turn.</summary>
public sealed record ModelScript(string Name, IReadOnlyList<ModelStep> Steps)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <summary>Reads steps from a JSON array.</summary>
    public static IReadOnlyList<ModelStep> ParseSteps(string json) =>
        JsonSerializer.Deserialize<List<ModelStep>>(json, Json) ?? [];

    /// <summary>Reads scripts from a JSON object of the form <c>{"name": [step, …], …}</c>.</summary>
    public static IReadOnlyList<ModelScript> ParseAll(string json) =>
        [.. JsonSerializer.Deserialize<Dictionary<string, List<ModelStep>>>(json, Json)!
            .Select(entry => new ModelScript(entry.Key, entry.Value))];
}
