using System.Text.Json;
using System.Text.Json.Nodes;

namespace Capstan.Engine.Configuration;

/// <summary>JSON with comments and trailing commas.</summary>
internal static class Jsonc
{
    private static readonly JsonDocumentOptions Options = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Reads an object; an empty text is an empty object.</summary>
    /// <exception cref="ConfigException">
    /// The text is not JSON, in which case the error names the place, or is not an object.
    /// </exception>
    public static JsonObject Parse(string text, string file)
    {
        if (string.IsNullOrWhiteSpace(text))
            return [];
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return document.RootElement.ToNode() as JsonObject
                ?? throw ConfigException.Invalid(file, [new ConfigIssue([], "Expected an object")]);
        }
        catch (JsonException wrong)
        {
            // The library's message begins with the word that is wrong, which may
            // be a secret, and ends with the place in a form of its own.
            var end = wrong.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
            var reason = end < 0 ? wrong.Message : wrong.Message[..end];
            var word = reason.StartsWith('\'') ? reason.IndexOf('\'', 1) : -1;
            throw ConfigException.Unparsable(
                file,
                (int)(wrong.LineNumber ?? 0) + 1,
                (int)(wrong.BytePositionInLine ?? 0) + 1,
                word > 2 ? "This" + reason[(word + 1)..]
                : reason.StartsWith("Expected depth", StringComparison.Ordinal) ? "The file ends here, and an object or a list is not closed: a } or ] is missing."
                : reason);
        }
    }
}
