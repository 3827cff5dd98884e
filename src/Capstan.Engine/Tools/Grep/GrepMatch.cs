using System.Text;

namespace Capstan.Engine.Tools.Grep;

/// <summary>A line that matched.</summary>
/// <param name="Line">The line's number, from 1.</param>
/// <param name="Text">The line's text with its line end, cut where it is too long to show.</param>
internal readonly record struct GrepMatch(long Line, string Text)
{
    private const int MaxShown = 2000;

    /// <summary>Makes the match from a line of a file.</summary>
    public static GrepMatch From(long number, long offset, ReadOnlySpan<byte> line) => new(number, Shown(line));

    private static string Shown(ReadOnlySpan<byte> line)
    {
        var cut = line.Length > MaxShown * 4;
        var text = Encoding.UTF8.GetString(cut ? line[..(MaxShown * 4)] : line);
        return text.Length <= MaxShown ? text
            : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[MaxShown - 1]) ? MaxShown - 1 : MaxShown), "...");
    }
}
