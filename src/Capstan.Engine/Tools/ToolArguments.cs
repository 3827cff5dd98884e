using System.Globalization;
using System.Text.Json;

namespace Capstan.Engine.Tools;

/// <summary>
/// Checks the arguments of a tool call against the tool's schema. The check knows the part of JSON
/// Schema that tools here are written with: <c>type</c>, <c>properties</c>, <c>required</c>,
/// <c>items</c>, <c>enum</c> and the bounds of numbers. It ignores all other keywords.
/// </summary>
public static class ToolArguments
{
    /// <summary>
    /// Describes the first problem of the arguments, in the words that the
    /// model is told; <see langword="null"/> where there is none.
    /// </summary>
    /// <param name="definition">The tool's definition.</param>
    /// <param name="input">The arguments that the model sent.</param>
    public static string? Check(ToolDefinition definition, JsonElement input)
    {
        var path = new List<string>();
        return Problem(definition.Parameters, input, path, optional: false) is { } problem
            ? $"The {definition.ID} tool was called with invalid arguments: SchemaError({problem}{Location(path)}).\n"
                + "Please rewrite the input so it satisfies the expected schema."
            : null;
    }

    // When this returns a problem, the path still leads to the value that has it.
    private static string? Problem(JsonElement schema, JsonElement value, List<string> path, bool optional)
    {
        if (schema.TryGetProperty("enum", out var choices) && !choices.EnumerateArray().Any(c => JsonElement.DeepEquals(c, value)))
        {
            return $"Expected {string.Join(" | ", choices.EnumerateArray().Select(c => c.GetRawText()))}, got {Shown(value)}";
        }

        return schema.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
            ? type.GetString() switch
            {
                "object" => value.ValueKind == JsonValueKind.Object ? InObject(schema, value, path) : Expected("object", value, optional),
                "array" => value.ValueKind == JsonValueKind.Array ? InArray(schema, value, path) : Expected("array", value, optional),
                "string" => value.ValueKind == JsonValueKind.String ? null : Expected("string", value, optional),
                "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : Expected("boolean", value, optional),
                "number" => value.ValueKind == JsonValueKind.Number ? OutOfBounds(schema, value) : Expected("number", value, optional),
                "integer" => Integer(schema, value, optional),
                _ => null,
            }
            : null;
    }

    private static string? InObject(JsonElement schema, JsonElement value, List<string> path)
    {
        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
            {
                path.Add($"[\"{property.Name}\"]");
                var required = IsRequired(schema, property.Name);
                var problem = value.TryGetProperty(property.Name, out var member)
                    ? Problem(property.Value, member, path, optional: !required)
                    : required ? "Missing key" : null;
                if (problem is not null)
                    return problem;
                path.RemoveAt(path.Count - 1);
            }
        }

        return null;
    }

    private static string? InArray(JsonElement schema, JsonElement value, List<string> path)
    {
        if (!schema.TryGetProperty("items", out var items))
            return null;
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            path.Add($"[{index++.ToString(CultureInfo.InvariantCulture)}]");
            if (Problem(items, item, path, optional: false) is { } problem)
                return problem;
            path.RemoveAt(path.Count - 1);
        }

        return null;
    }

    private static bool IsRequired(JsonElement schema, string name) =>
        schema.TryGetProperty("required", out var required)
        && required.EnumerateArray().Any(entry => entry.ValueEquals(name));

    private static string? Integer(JsonElement schema, JsonElement value, bool optional)
    {
        if (value.ValueKind != JsonValueKind.Number)
            return Expected("number", value, optional);
        // A number such as 5.0 or 1e3 is a whole number, however it is written.
        return value.GetDouble() is var number && Math.Floor(number) != number
            ? Expected("an integer", value, optional: false)
            : OutOfBounds(schema, value);
    }

    private static string? OutOfBounds(JsonElement schema, JsonElement value)
    {
        var number = value.GetDouble();
        if (Bound(schema, "exclusiveMinimum") is { } above && number <= above)
            return $"Expected a value greater than {Shown(above)}, got {Shown(value)}";
        if (Bound(schema, "minimum") is { } least && number < least)
            return $"Expected a value greater than or equal to {Shown(least)}, got {Shown(value)}";
        if (Bound(schema, "exclusiveMaximum") is { } below && number >= below)
            return $"Expected a value less than {Shown(below)}, got {Shown(value)}";
        return Bound(schema, "maximum") is { } most && number > most
            ? $"Expected a value less than or equal to {Shown(most)}, got {Shown(value)}"
            : null;
    }

    private static double? Bound(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var bound) ? bound.GetDouble() : null;

    private static string Expected(string what, JsonElement got, bool optional) =>
        $"Expected {what}{(optional ? " | undefined" : "")}, got {Shown(got)}";

    private static string Shown(double number) => number.ToString(CultureInfo.InvariantCulture);

    // A wrong value is cut, because a model may send a whole file in place of a number.
    private static string Shown(JsonElement value) =>
        value.GetRawText() is { Length: > 200 } text ? string.Concat(text.AsSpan(0, 200), "...") : value.GetRawText();

    private static string Location(List<string> path) => path.Count == 0 ? "" : "\n  at " + string.Concat(path);
}
