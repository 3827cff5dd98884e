using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Description;

namespace Capstan.Engine.Tests.Configuration.Description;

/// <summary>Finds where the description differs from OpenCode's schema of a configuration.</summary>
/// <param name="schemas">The schemas by name.</param>
internal sealed class SchemaComparison(JsonObject schemas)
{
    /// <summary>Lists keys of a schema that are not described, and values of it that the description refuses.</summary>
    public IEnumerable<string> Differences(JsonObject schema, KeyKind kind, string place)
    {
        schema = Resolve(schema);
        foreach (var (name, property) in schema.Map("properties") ?? [])
        {
            var key = kind.Objects.Select(map => map[name]?.Kind ?? map.Others).FirstOrDefault(static found => found is not null);
            if (key is null)
                yield return $"{place}.{name} is not described";
            else
                foreach (var difference in Differences(property!.AsObject(), key, $"{place}.{name}"))
                    yield return difference;
        }

        foreach (var (part, inner) in Parts(schema, kind))
        {
            foreach (var difference in Differences(part, inner, place))
                yield return difference;
        }

        foreach (var sample in Samples(schema))
        {
            foreach (var issue in ConfigCheck.Of(sample, kind))
                yield return $"{place}: {sample.ToJsonString()} is refused: {string.Join('.', issue.Path)}: {issue.Message}";
        }
    }

    private static IEnumerable<(JsonObject Schema, KeyKind Kind)> Parts(JsonObject schema, KeyKind kind)
    {
        foreach (var alternative in schema["anyOf"]?.AsArray() ?? [])
            yield return (alternative!.AsObject(), kind);
        if (schema["additionalProperties"] is JsonObject { Count: > 0 } others)
        {
            foreach (var entry in kind.Objects.Select(static map => map.Others).OfType<KeyKind>())
                yield return (others, entry);
        }

        if (schema["items"] is JsonObject item && kind.Objects.FirstOrDefault() is { } inner)
            yield return (item, inner);
    }

    /// <summary>Values that the schema allows: of each alternative, each word of a choice, the least number, an object with all its keys.</summary>
    private IEnumerable<JsonNode> Samples(JsonObject schema)
    {
        schema = Resolve(schema);
        if (schema["anyOf"] is JsonArray alternatives)
            return alternatives.SelectMany(alternative => Samples(alternative!.AsObject()));
        if (schema["enum"] is JsonArray choices)
            return choices.Select(static choice => choice!.DeepClone());
        return schema.Text("type") switch
        {
            "string" => [schema.Text("pattern") is null ? "text" : "#09afAF"],
            "boolean" => [true, false],
            "integer" => [(long)(schema.Number("minimum") ?? schema.Number("exclusiveMinimum") + 1 ?? 0)],
            "number" => [0.5],
            "array" when schema["prefixItems"] is JsonArray items => [List(items.Select(item => Samples(item!.AsObject()).First()))],
            "array" => [List(Samples(schema["items"]!.AsObject()))],
            "object" => [new JsonObject((schema.Map("properties") ?? []).Select(property => KeyValuePair.Create(property.Key, (JsonNode?)Samples(property.Value!.AsObject()).Last()))), .. Named(schema)],
            _ => [],
        };
    }

    private IEnumerable<JsonNode> Named(JsonObject schema) => schema["additionalProperties"] is JsonObject others
        ? Samples(others).Select(static sample => new JsonObject { ["some-name"] = sample })
        : [];

    private static JsonArray List(IEnumerable<JsonNode> items) => new([.. items]);

    private JsonObject Resolve(JsonObject schema) =>
        schema.Text("$ref") is { } reference ? schemas[reference[(reference.LastIndexOf('/') + 1)..]]!.AsObject() : schema;
}
