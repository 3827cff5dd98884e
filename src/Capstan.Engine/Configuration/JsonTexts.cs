using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration;

/// <summary>Collects the strings in a JSON value, at any depth.</summary>
internal static class JsonTexts
{
    /// <summary>Adds all strings of a value to a set.</summary>
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

    /// <summary>Lists the names of all members, at any depth.</summary>
    public static IEnumerable<string> Names(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(static member => Names(member.Value).Prepend(member.Key)),
        JsonArray list => list.SelectMany(Names),
        _ => [],
    };

    /// <summary>Returns all strings of a value.</summary>
    public static HashSet<string> Of(JsonNode? node)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        Collect(node, texts);
        return texts;
    }
}
