using System.Text;

namespace Capstan.Engine.Searching;

/// <summary>Texts of lines as clients are shown them.</summary>
internal static class Utf8Text
{
    /// <summary>Returns the text of the first bytes, without half a character at the end.</summary>
    /// <param name="bytes">The bytes; those that are not UTF-8 are replaced by U+FFFD.</param>
    /// <param name="limit">How many bytes are read at the most.</param>
    public static string Shown(ReadOnlySpan<byte> bytes, int limit)
    {
        if (bytes.Length <= limit)
            return Encoding.UTF8.GetString(bytes);
        var end = limit;
        // The bytes after a character's first one begin with the bits 10, and there are three of them at the most.
        while (end > 0 && limit - end < 3 && (bytes[end] & 0xC0) == 0x80)
            end--;
        return Encoding.UTF8.GetString(bytes[..end]);
    }
}
