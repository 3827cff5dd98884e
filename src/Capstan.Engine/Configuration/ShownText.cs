using System.Text;

namespace Capstan.Engine.Configuration;

/// <summary>
/// The text of a configuration file as clients may be shown it, with references as they are written. A reference within a string
/// is ordinary text; one elsewhere stands for a value that only the server may know, and becomes <c>null</c>.
/// </summary>
internal static class ShownText
{
    private static readonly string[] Openings = ["{env:", "{file:"];

    /// <summary>Whether a text refers to variables or files.</summary>
    public static bool HasReferences(string text) =>
        Openings.Any(opening => text.Contains(opening, StringComparison.Ordinal));

    /// <summary>Returns the text without the values behind its references, and without comments.</summary>
    public static string Of(string text)
    {
        var result = new StringBuilder(text.Length);
        var isString = false;
        for (var at = 0; at < text.Length; at++)
        {
            var rest = text.AsSpan(at);
            if (isString)
            {
                // An escaped quote does not end the string.
                if (text[at] == '\\' && at + 1 < text.Length)
                    result.Append(text[at++]);
                else if (text[at] == '"')
                    isString = false;
            }
            else if (rest.StartsWith("//") || rest.StartsWith("/*"))
            {
                at += CommentLength(rest) - 1;
                continue;
            }
            else if (text[at] == '"')
            {
                isString = true;
            }
            else if (ReferenceLength(rest) is var length and > 0)
            {
                result.Append("null");
                at += length - 1;
                continue;
            }

            result.Append(text[at]);
        }

        return result.ToString();
    }

    private static int CommentLength(ReadOnlySpan<char> text)
    {
        var isLine = text[1] == '/';
        var end = isLine ? text.IndexOf('\n') : text[2..].IndexOf("*/");
        return end < 0 ? text.Length : isLine ? end : end + 4;
    }

    /// <summary>
    /// Returns the length of the reference at the beginning of the text,
    /// including references inside it; 0 where there is no reference.
    /// </summary>
    private static int ReferenceLength(ReadOnlySpan<char> text)
    {
        var isReference = false;
        foreach (var opening in Openings)
            isReference |= text.StartsWith(opening);
        var depth = 0;
        for (var at = 0; isReference && at < text.Length; at++)
        {
            depth += text[at] == '{' ? 1 : text[at] == '}' ? -1 : 0;
            if (depth == 0)
                return at + 1;
        }

        return 0;
    }
}
