using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Capstan.Engine.Models.OpenAICompatible;

/// <summary>
/// Strings of JSON as JavaScript reads them: servers that cut a text by UTF-16 units send a character's halves in two chunks, each as an
/// escape of its own, which the framework refuses.
/// </summary>
internal static class JsonText
{
    /// <summary>Reads a string; a half of a character stands for itself.</summary>
    public static string Read(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException) when (text.ValueKind == JsonValueKind.String)
        {
            return Unescape(text.GetRawText().AsSpan()[1..^1]);
        }
    }

    // It was parsed before: every escape is whole and one of RFC 8259, section 7.
    private static string Unescape(ReadOnlySpan<char> escaped)
    {
        var text = new StringBuilder(escaped.Length);
        for (var i = 0; i < escaped.Length; i++)
        {
            if (escaped[i] != '\\')
            {
                text.Append(escaped[i]);
                continue;
            }

            i++;
            if (escaped[i] != 'u')
            {
                text.Append(escaped[i] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other });
                continue;
            }

            text.Append((char)ushort.Parse(escaped.Slice(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            i += 4;
        }

        return text.ToString();
    }
}
