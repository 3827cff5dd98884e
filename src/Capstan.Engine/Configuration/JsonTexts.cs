using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration;

/// <summary>The texts that stand in a JSON value, however deep.</summary>
internal static class JsonTexts
{
    /// <summary>Adds all of them to a set.</summary>
    public static void Collect(JsonNode? node, ISet<string> texts)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (_, value) in map)
                    Collect(value, texts);
                break;
            case JsonArray list:
                foreach (var item in list)
                    Collect(item, texts);
                break;
            default:
                if (node.AsText() is { } text)
                    texts.Add(text);
                break;
        }
    }

    /// <summary>The names of all members, however deep.</summary>
    public static IEnumerable<string> Names(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(static member => Names(member.Value).Prepend(member.Key)),
        JsonArray list => list.SelectMany(Names),
        _ => [],
    };

    /// <summary>All of them.</summary>
    public static HashSet<string> Of(JsonNode? node)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        Collect(node, texts);
        return texts;
    }
}
