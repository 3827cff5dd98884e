using System.Text;
using System.Text.Json.Nodes;

namespace Capstan.Testing.Fuzzing;

/// <summary>Damages a JSON text in the ways that clients and their bugs do: a member of another kind, gone, renamed, or bytes at random.</summary>
public static class JsonDamage
{
    // Stands for half a surrogate pair, which JSON can name and no string of ours can hold.
    private const string HalfCharacter = "%half%";

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e400", "123456789012345678901234567890", "1.5", "\"\"", "\"text\"", "\"\\u0000\"", $"\"{HalfCharacter}\"", $"\"a{HalfCharacter}b\"", "[]", "{}",
        "[null]", "[[[[[]]]]]", "{\"type\":\"text\"}", "{\"type\":\"nothing\"}", "{\"type\":1}", "\"data:,\"", "\"file:///\"", "\"file:\"",
        "\"steer\"", "\"msg_\"", "\"ses_none\"", "{\"$ref\":\"#\"}",
    ];

    /// <summary>A damaged text.</summary>
    /// <param name="json">A valid one.</param>
    /// <param name="seed">Which damage.</param>
    public static byte[] Of(string json, int seed)
    {
        var random = new Random(seed);
        var root = JsonNode.Parse(json);
        for (var count = 1 + random.Next(3); count > 0; count--)
            root = Mutate(root, random);
        var bytes = Encoding.UTF8.GetBytes((root?.ToJsonString() ?? "null").Replace(HalfCharacter, "\\ud800", StringComparison.Ordinal));
        switch (random.Next(6))
        {
            case 0:
                return bytes[..random.Next(bytes.Length + 1)];
            case 1:
                for (var count = random.Next(4); count > 0 && bytes.Length > 0; count--)
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            default:
                return bytes;
        }
    }

    private static JsonNode? Mutate(JsonNode? node, Random random)
    {
        if (random.Next(4) == 0)
            return Value(random);
        switch (node)
        {
            case JsonObject { Count: > 0 } map:
                var name = map.ElementAt(random.Next(map.Count)).Key;
                var child = map[name]?.DeepClone();
                if (random.Next(5) > 0)
                    map[name] = Mutate(child, random);
                else if (map.Remove(name) && random.Next(2) == 0)
                    map[$"{name}x"] = child;
                return map;
            case JsonArray { Count: > 0 } list:
                var index = random.Next(list.Count);
                list[index] = Mutate(list[index]?.DeepClone(), random);
                if (random.Next(5) == 0)
                    list.Add(list[index]?.DeepClone());
                return list;
            default:
                return Value(random);
        }
    }

    private static JsonNode? Value(Random random) => JsonNode.Parse(Values[random.Next(Values.Length)]);
}
