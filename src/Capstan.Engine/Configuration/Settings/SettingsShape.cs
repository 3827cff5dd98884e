using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Capstan.Engine.Configuration.Redaction;
using Capstan.Engine.Names;

namespace Capstan.Engine.Configuration.Settings;

/// <summary>
/// Says in words why Capstan's own settings do not fit, by comparing the JSON with the types that hold the settings. The
/// serializer decides whether a value fits; this class only explains, without naming types.
/// </summary>
internal static class SettingsShape
{
    /// <summary>Lists everything that is wrong.</summary>
    /// <param name="capstan">The value of the <c>capstan</c> key.</param>
    public static IReadOnlyList<ConfigIssue> Check(JsonObject capstan)
    {
        var issues = new List<ConfigIssue>();
        CheckObject(capstan, SettingsJson.Default.CapstanSettings, ["capstan"], issues);
        return issues;
    }

    private static void CheckObject(JsonObject map, JsonTypeInfo type, IReadOnlyList<string> place, List<ConfigIssue> issues)
    {
        foreach (var (key, value) in map)
        {
            string[] inner = [.. place, key];
            if (type.Properties.FirstOrDefault(property => property.Name == key) is not { } known)
                issues.Add(new ConfigIssue(inner, Unknown(key, [.. type.Properties.Select(static property => property.Name)])));
            else if (value is not null || !known.IsSetNullable)
                Check(value, type.Options.GetTypeInfo(known.PropertyType), inner, issues);
        }
    }

    private static void Check(JsonNode? value, JsonTypeInfo type, IReadOnlyList<string> place, List<ConfigIssue> issues)
    {
        switch (type.Kind, value)
        {
            case (JsonTypeInfoKind.Object, JsonObject map):
                CheckObject(map, type, place, issues);
                break;
            case (JsonTypeInfoKind.Dictionary, JsonObject map):
                foreach (var (key, entry) in map)
                    Check(entry, type.Options.GetTypeInfo(type.ElementType!), [.. place, key], issues);
                break;
            default:
                if (!Fits(value, type))
                    issues.Add(new ConfigIssue(place, $"Expected {Words(type)}, got {Given(value, place)}"));
                break;
        }
    }

    private static bool Fits(JsonNode? value, JsonTypeInfo type)
    {
        // The serializer accepts null for any reference type, but code that reads the setting would then fail.
        if (value is null || (value is JsonArray list && list.Any(static item => item is null)))
            return false;
        try
        {
            value.Deserialize(type);
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or NotSupportedException)
        {
            return false;
        }
    }

    private static string Unknown(string key, IReadOnlyList<string> known)
    {
        var hint = NearestName.Find(key, known) is { } nearest ? $"Did you mean \"{nearest}\"?" : $"Known are {string.Join(", ", known)}.";
        return $"There is no such key. {hint}";
    }

    private static string Words(JsonTypeInfo type)
    {
        var plain = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        return type.Kind switch
        {
            JsonTypeInfoKind.Enumerable => "a list",
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object",
            _ when plain.IsEnum => $"one of {string.Join(", ", Names(type, plain))}",
            _ => Type.GetTypeCode(plain) switch
            {
                TypeCode.String => "a string",
                TypeCode.Boolean => "true or false",
                TypeCode.Int32 or TypeCode.Int64 => "a whole number",
                TypeCode.Double or TypeCode.Decimal => "a number",
                _ => "another value",
            },
        };
    }

    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "The values of an enumeration that the serializer knows are kept.")]
    private static IEnumerable<string> Names(JsonTypeInfo type, Type plain)
    {
        foreach (var value in Enum.GetValuesAsUnderlyingType(plain))
            yield return JsonSerializer.Serialize(Enum.ToObject(plain, value), type);
    }

    private static string Given(JsonNode? value, IReadOnlyList<string> place)
    {
        if (value is null)
            return "null";
        // A value under such a name may be a secret, whatever its type.
        return place.Any(SecretNames.IsSecret) || value.ToJsonString() is not { Length: <= 60 } text ? "something else" : text;
    }
}
