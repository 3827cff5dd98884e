using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration;

/// <summary>A Markdown definition: YAML between two lines of dashes, then the body.</summary>
/// <param name="Data">The YAML as an object; empty where there is none.</param>
/// <param name="Body">The text after the YAML, trimmed.</param>
internal sealed record FrontMatter(JsonObject Data, string Body)
{
    private const string Fence = "---";

    /// <summary>
    /// Splits a text into YAML and body. Where the YAML cannot be parsed, plain values that hold colons are
    /// quoted for a second attempt, since people write <c>description: Use this: always</c>. If that fails
    /// too, the whole text is the body, as OpenCode has it.
    /// </summary>
    public static FrontMatter Parse(string text)
    {
        text = text.TrimStart('\uFEFF').ReplaceLineEndings("\n");
        if (!text.StartsWith(Fence + "\n", StringComparison.Ordinal))
            return new FrontMatter([], text.Trim());
        var end = text.IndexOf("\n" + Fence, Fence.Length, StringComparison.Ordinal);
        if (end < 0)
            return new FrontMatter([], text.Trim());
        var yaml = text[Fence.Length..end];
        var bodyStart = text.IndexOf('\n', end + 1);
        var data = Yaml.TryRead(yaml) ?? Yaml.TryRead(QuoteColons(yaml));
        return data is null
            ? new FrontMatter([], text.Trim())
            : new FrontMatter(data, bodyStart < 0 ? "" : text[bodyStart..].Trim());
    }

    private static string QuoteColons(string yaml) => string.Join('\n', yaml.Split('\n').Select(line =>
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || char.IsWhiteSpace(line[0]) || line[0] == '#')
            return line;
        var value = line[(colon + 1)..].Trim();
        return value.Contains(':', StringComparison.Ordinal) && value[0] is not ('"' or '\'' or '|' or '>' or '{' or '[')
            ? $"{line[..colon]}: '{value.Replace("'", "''", StringComparison.Ordinal)}'"
            : line;
    }));
}
