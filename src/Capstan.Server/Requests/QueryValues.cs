using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Capstan.Server.Requests;

/// <summary>Reads parameters of queries. What is wrong with one is thrown as an <see cref="InvalidQueryException"/>.</summary>
internal static class QueryValues
{
    private const int Shown = 60;

    /// <summary>Reads a text that must be there; it may be empty.</summary>
    public static string QueryText(this HttpContext http, string name) =>
        http.Request.Query[name] is { Count: > 0 } values ? values[0] ?? "" : throw new InvalidQueryException("Missing key", name);

    /// <summary>Reads one of some words; null where the query does not have it.</summary>
    public static string? QueryWord(this HttpContext http, string name, params IReadOnlyList<string> words)
    {
        if (http.Request.Query[name] is not { Count: > 0 } values)
            return null;
        var text = values[0] ?? "";
        return words.Contains(text, StringComparer.Ordinal)
            ? text
            : throw new InvalidQueryException($"Expected {string.Join(" | ", words.Select(static word => $"\"{word}\""))}, got \"{Cut(text)}\"", name);
    }

    /// <summary>Reads a whole number within a range; null where the query does not have it.</summary>
    public static int? QueryNumber(this HttpContext http, string name, int least, int most)
    {
        if (http.Request.Query[name] is not { Count: > 0 } values)
            return null;
        return int.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new InvalidQueryException($"Expected a whole number from {least} to {most}, got \"{Cut(values[0] ?? "")}\"", name);
    }

    private static string Cut(string text) => text.Length > Shown ? text[..Shown] + "…" : text;
}
