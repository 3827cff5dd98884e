using System.Text;
using Capstan.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace Capstan.Engine.Tools.Read;

/// <summary>
/// Reads a file's lines in order. Only one block and the beginning of one line are in memory, however long the file or a line is.
/// </summary>
/// <param name="file">The file.</param>
/// <param name="limit">
/// How many bytes of the file are read at the most; a longer file is an <see cref="IOException"/>. Null for no limit.
/// </param>
internal sealed class LineReader(SafeFileHandle file, int? limit = null)
{
    /// <summary>How many characters of a line are shown at the most.</summary>
    public const int MaxCharacters = 2000;

    private const string Cut = "... (line truncated to 2000 chars)";

    // Enough bytes for the characters that are shown and for one more, which says that the line is longer.
    private const int MaxBytes = (MaxCharacters + 1) * 4;

    private readonly byte[] _block = new byte[64 * 1024];
    private readonly byte[] _line = new byte[MaxBytes];
    private int _at;
    private int _end;
    private int _kept;
    private long _offset;
    private bool _ended;

    /// <summary>Reads the next line; <see langword="false"/> at the end of the file.</summary>
    /// <param name="keep">Whether the caller will ask for <see cref="Line"/>.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public bool Next(bool keep, CancellationToken cancellationToken)
    {
        _kept = 0;
        var any = false;
        while (true)
        {
            if (_at == _end && !Fill(cancellationToken))
                return any;
            any = true;
            var rest = _block.AsSpan(_at, _end - _at);
            var newline = rest.IndexOf((byte)'\n');
            var piece = newline < 0 ? rest : rest[..newline];
            if (keep && _kept < MaxBytes)
            {
                piece = piece[..Math.Min(piece.Length, MaxBytes - _kept)];
                piece.CopyTo(_line.AsSpan(_kept));
                _kept += piece.Length;
            }

            _at += newline < 0 ? rest.Length : newline + 1;
            if (newline >= 0)
                return true;
        }
    }

    /// <summary>Returns the line without its line end, cut where it is too long.</summary>
    public string Line()
    {
        var text = Encoding.UTF8.GetString(_line, 0, _kept);
        if (text.Length > MaxCharacters)
            return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[MaxCharacters - 1]) ? MaxCharacters - 1 : MaxCharacters), Cut);
        return text.EndsWith('\r') ? text[..^1] : text;
    }

    private bool Fill(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_ended)
            return false;
        var read = RandomAccess.Read(file, _block, _offset);
        // A byte order mark is not part of the text.
        _at = _offset == 0 && _block.AsSpan(0, read).StartsWith(Encoding.UTF8.Preamble) ? 3 : 0;
        _end = read;
        _offset += read;
        if (_offset > limit)
            throw RegularFile.TooLarge(limit.Value);
        _ended = read == 0;
        return _at < _end || (read > 0 && Fill(cancellationToken));
    }
}
