using System.Text;
using Capstan.Engine.Files;

namespace Capstan.Engine.Searching;

/// <summary>
/// Searches files for a pattern, one file after another, with one buffer. A file
/// with a NUL byte is binary and has no lines. One instance serves one thread.
/// </summary>
/// <param name="pattern">What to search for.</param>
/// <param name="limit">How many lines of a file are found at the most.</param>
/// <param name="read">Makes the result from each line that matches.</param>
internal sealed class FileSearch<T>(TextPattern pattern, int limit, LineReader<T> read)
{
    // Nobody writes longer lines as text; a longer line is searched in pieces.
    private const int MaxLine = 4 * 1024 * 1024;

    private byte[] _buffer = new byte[128 * 1024];
    private char[] _characters = new char[4096];

    /// <summary>Finds the lines of a file that match, in order; at most as many as the limit of this search.</summary>
    public List<T> Search(string path, CancellationToken cancellationToken)
    {
        var found = new List<T>();
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
                if (_buffer.AsSpan(kept, read).Contains((byte)0))
                    return [];
                var filled = kept + read;
                var newline = _buffer.AsSpan(kept, read).LastIndexOf((byte)'\n');
                // Only whole lines are searched now. The beginning of a line is kept until the next read completes it, unless the
                // file has ended. A read that does not fill the buffer was the last one.
                var ended = filled < _buffer.Length;
                var whole = ended || filled >= MaxLine ? filled : newline < 0 ? 0 : kept + newline + 1;
                // A byte order mark is no part of the first line.
                var mark = offset == kept && _buffer.AsSpan(0, whole).StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
                line = SearchLines(_buffer.AsSpan(mark, whole - mark), line, offset - kept + mark, found, cancellationToken);
                offset += read;
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

    private long SearchLines(ReadOnlySpan<byte> text, long line, long offset, List<T> found, CancellationToken cancellationToken)
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
            // An expression can take long even for a short line, so a search that was given up must not go on to the next line.
            cancellationToken.ThrowIfCancellationRequested();
            if (IsMatch(text[start..(length < 0 ? next : next - 1)]))
            {
                found.Add(read(line, offset + start, text[start..next]));
                if (found.Count >= limit)
                    return line;
            }

            line++;
            offset += next;
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
}
