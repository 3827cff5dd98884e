using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Capstan.Engine.Models.OpenAICompatible;

/// <summary>
/// Reads strings of JSON as JavaScript does. Servers that cut a text by UTF-16 units send the two halves of a character in two
/// chunks, each half as an escape of its own, and the framework refuses to read such an escape.
/// </summary>
internal static class JsonText
{
    /// <summary>Reads a string; half of a character is kept as it is.</summary>
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

    // The JSON was parsed before, so every escape in it is complete and one of RFC 8259, section 7.
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
