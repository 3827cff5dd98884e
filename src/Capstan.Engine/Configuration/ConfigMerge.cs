using System.Text.Json.Nodes;
using Capstan.Engine.Configuration.Description;

namespace Capstan.Engine.Configuration;

/// <summary>Merges one configuration into another: objects are merged key by key, and all other values are replaced.</summary>
internal static class ConfigMerge
{
    /// <summary>Merges a whole file. Lists that add up are joined instead of being replaced.</summary>
    public static void Layer(JsonObject target, JsonObject source)
    {
        var lists = ConfigDescription.AddingUp.Select(key => (key, list: Union(target[key], source[key]))).ToArray();
        Into(target, source);
        foreach (var (key, list) in lists)
        {
            if (list is not null)
                target[key] = list;
        }
    }

    /// <summary>
    /// Merges objects at any depth. A key that the target has keeps its place, which for permissions is its precedence.
    /// </summary>
    public static void Into(JsonObject target, JsonObject source)
    {
        foreach (var (key, value) in source)
        {
            if (value is JsonObject from && target[key] is JsonObject into)
                Into(into, from);
            else
                target[key] = value?.DeepClone();
        }
    }

    private static JsonArray? Union(JsonNode? first, JsonNode? second)
    {
        if (first is not JsonArray || second is not JsonArray)
            return null;
        var union = new JsonArray();
        foreach (var item in ((JsonArray)first).Concat((JsonArray)second))
        {
            if (!union.Any(present => JsonNode.DeepEquals(present, item)))
                union.Add(item?.DeepClone());
        }

        return union;
    }
}
