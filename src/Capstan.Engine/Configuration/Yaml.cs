using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Capstan.Engine.Configuration;

/// <summary>Reads YAML into JSON nodes from the parser's events, because binding objects would take reflection.</summary>
internal sealed class Yaml
{
    // With aliases, a few lines can stand for billions of nodes. A definition needs a few dozen.
    private const int MaxNodes = 10_000;
    private const int MaxDepth = 32;

    private readonly Parser _parser;
    private readonly Dictionary<string, JsonNode?> _anchors = new(StringComparer.Ordinal);
    private int _nodes;

    private Yaml(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>
    /// Reads a mapping. Null where the text is not YAML, not a mapping, or too large; an empty text is an empty mapping.
    /// </summary>
    public static JsonObject? TryRead(string text)
    {
        try
        {
            var reader = new Yaml(text);
            reader._parser.Consume<StreamStart>();
            if (!reader._parser.TryConsume<DocumentStart>(out _))
                return [];
            return reader.Read(0) switch
            {
                JsonObject map => map,
                null => [],
                _ => null,
            };
        }
        catch (Exception wrong) when (wrong is YamlException or FormatException)
        {
            return null;
        }
    }

    private JsonNode? Read(int depth)
    {
        if (depth > MaxDepth || ++_nodes > MaxNodes)
            throw new FormatException("The document is too deep or too large.");
        if (_parser.TryConsume<AnchorAlias>(out var alias))
            return _anchors.TryGetValue(alias.Value.Value, out var known) ? Copy(known) : throw new FormatException("Unknown alias.");
        if (_parser.TryConsume<Scalar>(out var scalar))
            return Remember(scalar, Value(scalar));
        if (_parser.TryConsume<SequenceStart>(out var sequence))
        {
            var list = new JsonArray();
            while (!_parser.TryConsume<SequenceEnd>(out _))
                list.Add(Read(depth + 1));
            return Remember(sequence, list);
        }

        var start = _parser.Consume<MappingStart>();
        var map = new JsonObject();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = _parser.Consume<Scalar>().Value;
            map[key] = Read(depth + 1);
        }

        return Remember(start, map);
    }

    private JsonNode? Remember(NodeEvent source, JsonNode? node)
    {
        if (!source.Anchor.IsEmpty)
            _anchors[source.Anchor.Value] = Copy(node);
        return node;
    }

    private JsonNode? Copy(JsonNode? node)
    {
        _nodes += Count(node);
        return _nodes > MaxNodes ? throw new FormatException("The document is too large.") : node?.DeepClone();
    }

    private static int Count(JsonNode? node) => node switch
    {
        JsonObject map => 1 + map.Sum(pair => Count(pair.Value)),
        JsonArray list => 1 + list.Sum(Count),
        _ => 1,
    };

    // Plain scalars have the types of YAML's core schema. A scalar in quotes is always text.
    private static JsonValue? Value(Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain)
            return JsonValue.Create(text);
        if (text is "" or "~" or "null" or "Null" or "NULL")
            return null;
        if (text is "true" or "True" or "TRUE")
            return JsonValue.Create(true);
        if (text is "false" or "False" or "FALSE")
            return JsonValue.Create(false);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            return JsonValue.Create(whole);
        const NumberStyles Real = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Real, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }
}
