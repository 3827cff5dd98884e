using System.Globalization;
using Capstan.Server.Replies;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Requests;

/// <summary>Reads identifiers from paths and numbers from queries.</summary>
internal static class RouteValues
{
    /// <summary>
    /// Reads an identifier from the path. Null means that an answer was written which says what is wrong with it.
    /// </summary>
    public static async Task<string?> ReadIdentifierAsync(this HttpContext http, string name, string prefix)
    {
        var value = (string)http.Request.RouteValues[name]!;
        if (value.StartsWith(prefix, StringComparison.Ordinal))
            return value;
        await http.WriteBadRequestAsync($"Expected a string starting with \"{prefix}\", got \"{value}\"\n  at [\"{name}\"]", "Params");
        return null;
    }

    /// <summary>Reads a number from the query; its value is null where the query does not have it.</summary>
    /// <returns>Not valid where an answer was written that says what is wrong with the number.</returns>
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
