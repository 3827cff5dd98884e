using System.Text;
using Capstan.Engine.Files;

namespace Capstan.Engine.Tools.Grep;

/// <summary>
/// Searches files for a pattern, one file after another, with one buffer. A file
/// with a NUL byte is binary and has no lines. One instance serves one thread.
/// </summary>
internal sealed class FileSearch(GrepPattern pattern, int limit)
{
    // Nobody writes longer lines as text; a longer line is searched in pieces.
    private const int MaxLine = 4 * 1024 * 1024;

    /// <summary>How many characters of a line are shown at the most.</summary>
    public const int MaxShown = 2000;

    private byte[] _buffer = new byte[128 * 1024];
    private char[] _characters = new char[4096];

    /// <summary>Finds the lines of a file that match, in order; at most as many as the limit of this search.</summary>
    public List<GrepMatch> Search(string path, CancellationToken cancellationToken)
    {
        var found = new List<GrepMatch>();
        try
        {
            using var file = RegularFile.OpenUnlinked(path);
            long offset = 0;
            long line = 1;
            var kept = 0;
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(file, _buffer.AsSpan(kept), offset);
                offset += read;
                if (_buffer.AsSpan(kept, read).Contains((byte)0))
                    return [];
                var filled = kept + read;
                var newline = _buffer.AsSpan(kept, read).LastIndexOf((byte)'\n');
                // Only whole lines are searched now. The beginning of a line is kept until the next read completes it, unless the
                // file has ended. A read that does not fill the buffer was the last one.
                var ended = filled < _buffer.Length;
                var whole = ended || filled >= MaxLine ? filled : newline < 0 ? 0 : kept + newline + 1;
                line = SearchLines(_buffer.AsSpan(0, whole), line, found);
                kept = filled - whole;
                if (ended || found.Count >= limit)
                    return found;
                if (whole > 0)
                    _buffer.AsSpan(whole, kept).CopyTo(_buffer);
                if (kept == _buffer.Length)
                    Array.Resize(ref _buffer, _buffer.Length * 2);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The file is gone, may not be read, or is not a regular file, so it has no matches.
            return found;
        }
    }

    private long SearchLines(ReadOnlySpan<byte> text, long line, List<GrepMatch> found)
    {
        while (!text.IsEmpty)
        {
            var start = 0;
            if (pattern.Required.Length > 0)
            {
                var at = text.IndexOf(pattern.Required);
                if (at < 0)
                    break;
                start = text[..at].LastIndexOf((byte)'\n') + 1;
                line += text[..start].Count((byte)'\n');
            }

            var length = text[start..].IndexOf((byte)'\n');
            var next = length < 0 ? text.Length : start + length + 1;
            if (IsMatch(text[start..(length < 0 ? next : next - 1)]))
            {
                found.Add(new GrepMatch(line, Shown(text[start..next])));
                if (found.Count >= limit)
                    return line;
            }

            line++;
            text = text[next..];
        }

        return line + text.Count((byte)'\n');
    }

    private bool IsMatch(ReadOnlySpan<byte> line)
    {
        if (pattern.Expression is null)
            return true;
        if (_characters.Length < line.Length)
            _characters = new char[Math.Max(line.Length, _characters.Length * 2)];
        var length = Encoding.UTF8.GetChars(line, _characters);
        return pattern.Expression.IsMatch(_characters.AsSpan(0, length));
    }

    private static string Shown(ReadOnlySpan<byte> line)
    {
        var cut = line.Length > MaxShown * 4;
        var text = Encoding.UTF8.GetString(cut ? line[..(MaxShown * 4)] : line);
        return text.Length <= MaxShown ? text
            : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[MaxShown - 1]) ? MaxShown - 1 : MaxShown), "...");
    }
}
