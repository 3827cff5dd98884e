using System.Globalization;
using Capstan.Server.Replies;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Requests;

/// <summary>Reads identifiers from paths and numbers from queries.</summary>
internal static class RouteValues
{
    /// <summary>An identifier in the path, or null after an answer was written that says what is wrong with it.</summary>
    public static async Task<string?> ReadIdentifierAsync(this HttpContext http, string name, string prefix)
    {
        var value = (string)http.Request.RouteValues[name]!;
        if (value.StartsWith(prefix, StringComparison.Ordinal))
            return value;
        await http.WriteBadRequestAsync($"Expected a string starting with \"{prefix}\", got \"{value}\"\n  at [\"{name}\"]", "Params");
        return null;
    }

    /// <summary>A number in the query; null where it is absent.</summary>
    /// <returns>False after an answer was written that says what is wrong with it.</returns>
    public static async Task<(bool IsValid, long? Value)> ReadNumberAsync(this HttpContext http, string name)
    {
        string? text = http.Request.Query[name];
        if (string.IsNullOrEmpty(text))
            return (true, null);
        if (long.TryParse(text, CultureInfo.InvariantCulture, out var value) && value >= 0)
            return (true, value);
        await http.WriteBadRequestAsync($"Expected a whole number from 0, got \"{text}\"\n  at [\"{name}\"]", "Query");
        return (false, null);
    }
}
