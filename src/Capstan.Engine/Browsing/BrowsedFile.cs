using System.Buffers;
using System.Text;
using Capstan.Engine.Files;
using Capstan.Engine.Workspaces;
using Microsoft.Win32.SafeHandles;

namespace Capstan.Engine.Browsing;

/// <summary>
/// An open file whose kind is known. It was read once to find out whether it is text, and is read again for whoever wants its
/// content, so that it is never in memory as a whole (R9).
/// </summary>
public sealed class BrowsedFile : IDisposable
{
    /// <summary>How many bytes a file may have: 32 MiB.</summary>
    internal const int MaxSize = 32 * 1024 * 1024;

    private const int Piece = 64 * 1024;

    private static readonly SearchValues<byte> Blanks = SearchValues.Create(" \t\r\n\v\f"u8);

    private readonly SafeFileHandle _file;
    private readonly long _start;
    private readonly long _end;

    private BrowsedFile(SafeFileHandle file, bool isText, long start, long end)
    {
        _file = file;
        IsText = isText;
        (_start, _end) = (start, end);
    }

    /// <summary>Whether the whole file is UTF-8 and has no NUL.</summary>
    public bool IsText { get; }

    /// <summary>Reads the file's content, of a text without the blanks at its beginning and end, as OpenCode gives it.</summary>
    /// <returns>Pieces of 64 KiB at the most; each is only valid until the next one is asked for.</returns>
    public IEnumerable<ReadOnlyMemory<byte>> Read()
    {
        var buffer = new byte[Piece];
        for (var at = _start; at < _end;)
        {
            var read = RandomAccess.Read(_file, buffer.AsSpan(0, (int)Math.Min(Piece, _end - at)), at);
            // The file was cut since it was opened.
            if (read == 0)
                yield break;
            at += read;
            yield return buffer.AsMemory(0, read);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Opens a regular file.</summary>
    /// <returns>The file; null where there is none.</returns>
    /// <exception cref="WorkspaceReadException">The file is too large, is no regular file, or may not be read.</exception>
    internal static BrowsedFile? Open(BrowsedPath path, CancellationToken cancellationToken)
    {
        try
        {
            var file = RegularFile.OpenResolved(path.Resolved);
            try
            {
                RegularFile.RequireSize(file, MaxSize);
                return Inspect(file, cancellationToken);
            }
            catch
            {
                file.Dispose();
                throw;
            }
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WorkspaceReadException(
                WorkspaceReadProblem.Refused, $"The file cannot be read: {path.Absolute}: {error.Message}\n  at [\"path\"]", error);
        }
    }

    private static BrowsedFile Inspect(SafeFileHandle file, CancellationToken cancellationToken)
    {
        var decoder = new UTF8Encoding(false, throwOnInvalidBytes: true).GetDecoder();
        var buffer = new byte[Piece];
        var characters = new char[Piece + 1];
        var isText = true;
        var (start, end, length) = (0L, 0L, 0L);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var piece = buffer.AsSpan(0, RandomAccess.Read(file, buffer, length));
            isText = isText && !piece.Contains((byte)0) && IsValid(decoder, piece, characters);
            if (piece.IsEmpty)
                return isText ? new BrowsedFile(file, true, Math.Min(start, end), end) : new BrowsedFile(file, false, 0, length);
            var mark = length == 0 && piece.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
            if (piece[mark..].IndexOfAnyExcept(Blanks) is var first and >= 0)
            {
                start = end == 0 ? length + mark + first : start;
                end = length + piece.LastIndexOfAnyExcept(Blanks) + 1;
            }

            length += piece.Length;
            if (length > MaxSize)
                throw RegularFile.TooLarge(MaxSize);
        }
    }

    private static bool IsValid(Decoder decoder, ReadOnlySpan<byte> piece, char[] characters)
    {
        try
        {
            // The empty piece at the end of the file finds a character that is not complete.
            decoder.GetChars(piece, characters, flush: piece.IsEmpty);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
