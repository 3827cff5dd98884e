using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Capstan.Server.Requests;

/// <summary>
/// Says in a client's words why a JSON document does not fit a type, by comparing the two and naming the first place where they
/// differ. The serializer decides whether the document fits; this class only explains, without the serializer's own messages.
/// </summary>
internal static class BodyShape
{
    /// <summary>Says what is wrong and where; null where nothing was found.</summary>
    public static string? Problem(JsonElement value, JsonTypeInfo type) => Check(value, type, "");

    private static string? Check(JsonElement value, JsonTypeInfo type, string place)
    {
        switch (type.Kind)
        {
            case JsonTypeInfoKind.Object:
                return value.ValueKind == JsonValueKind.Object ? CheckObject(value, type, place) : Mismatch("an object", value, place);
            case JsonTypeInfoKind.Dictionary:
                if (value.ValueKind != JsonValueKind.Object)
                    return Mismatch("an object", value, place);
                return value.EnumerateObject()
                    .Select(entry => Check(entry.Value, Info(type, type.ElementType!), $"{place}[\"{entry.Name}\"]"))
                    .FirstOrDefault(static problem => problem is not null);
            case JsonTypeInfoKind.Enumerable:
                if (value.ValueKind != JsonValueKind.Array)
                    return Mismatch("an array", value, place);
                return value.EnumerateArray()
                    .Select((item, i) => Check(item, Info(type, type.ElementType!), $"{place}[{i}]"))
                    .FirstOrDefault(static problem => problem is not null);
            default:
                return CheckScalar(value, type, place);
        }
    }

    private static string? CheckObject(JsonElement value, JsonTypeInfo type, string place)
    {
        if (type.PolymorphismOptions is { } kinds)
        {
            var name = kinds.TypeDiscriminatorPropertyName;
            if (!value.TryGetProperty(name, out var kind))
                return At("Missing key", $"{place}[\"{name}\"]");
            var known = kinds.DerivedTypes.FirstOrDefault(derived =>
                kind.ValueKind == JsonValueKind.String && kind.ValueEquals((string?)derived.TypeDiscriminator));
            if (known.DerivedType is null)
            {
                var names = string.Join(" | ", kinds.DerivedTypes.Select(static derived => $"\"{derived.TypeDiscriminator}\""));
                return Mismatch(names, value.GetProperty(name), $"{place}[\"{name}\"]");
            }

            type = Info(type, known.DerivedType);
        }

        foreach (var property in type.Properties)
        {
            var inner = $"{place}[\"{property.Name}\"]";
            if (!value.TryGetProperty(property.Name, out var found))
            {
                if (property.IsRequired)
                    return At("Missing key", inner);
            }
            else if (found.ValueKind == JsonValueKind.Null)
            {
                if (!property.IsSetNullable)
                    return Mismatch(Words(Info(type, property.PropertyType)), found, inner);
            }
            else if (Check(found, Info(type, property.PropertyType), inner) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? CheckScalar(JsonElement value, JsonTypeInfo type, string place)
    {
        try
        {
            value.Deserialize(type);
            return null;
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            return Mismatch(Words(type), value, place);
        }
    }

    private static JsonTypeInfo Info(JsonTypeInfo of, Type type) =>
        of.Options.GetTypeInfo(Nullable.GetUnderlyingType(type) ?? type);

    private static string Words(JsonTypeInfo type) => type.Kind switch
    {
        JsonTypeInfoKind.Enumerable => "an array",
        JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
        _ when type.Type.IsEnum => string.Join(" | ", Names(type)),
        _ => Type.GetTypeCode(type.Type) switch
        {
            TypeCode.String => "a string",
            TypeCode.Boolean => "true or false",
            TypeCode.Int32 or TypeCode.Int64 => "a whole number",
            TypeCode.Double or TypeCode.Decimal or TypeCode.Single => "a number",
            _ => "another value",
        },
    };

    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The values of an enumeration that the serializer knows are kept.")]
    private static IEnumerable<string> Names(JsonTypeInfo type)
    {
        foreach (var name in Enum.GetValuesAsUnderlyingType(type.Type))
            yield return JsonSerializer.Serialize(Enum.ToObject(type.Type, name), type);
    }

    private static string Mismatch(string expected, JsonElement value, string place) => At($"Expected {expected}, got {Given(value)}", place);

    private static string Given(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.Null => "null",
        JsonValueKind.String => value.GetRawText() is { Length: <= 60 } text ? text : "a long string",
        _ => value.GetRawText(),
    };

    private static string At(string problem, string place) => place.Length == 0 ? problem : $"{problem}\n  at {place}";
}
