using System.Text;
using Capstan.Engine.Files;

namespace Capstan.Engine.Tools;

/// <summary>
/// A text file that a tool changes: read whole, its byte order mark separated from its text, and replaced in one step.
/// </summary>
/// <param name="Text">The file's text, without a byte order mark.</param>
/// <param name="HasMark">Whether the file begins with a UTF-8 byte order mark.</param>
/// <param name="IsExact">Whether the bytes are valid UTF-8, so that writing the text back changes no other bytes.</param>
internal sealed record TextFile(string Text, bool HasMark, bool IsExact)
{
    // In bytes. A change holds the file in memory several times over, and
    // a longer file is data that nobody edits by replacing words.
    private const int MaxLength = 64 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The file's permission bits; null where the file is to get the usual ones.</summary>
    public int? Permissions { get; init; }

    /// <summary>Reads a regular file.</summary>
    /// <returns>The file; null where there is none.</returns>
    /// <exception cref="ToolException">The file cannot be read, or is a directory, a pipe or a device.</exception>
    public static TextFile? Read(ToolPath path)
    {
        try
        {
            using var file = RegularFile.OpenResolved(path.Resolved);
            var bytes = RegularFile.ReadBytes(file, MaxLength);
            var hasMark = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble);
            var (offset, length) = hasMark ? (3, bytes.Length - 3) : (0, bytes.Length);
            var permissions = Posix.Status(file).Permissions;
            try
            {
                return new TextFile(Strict.GetString(bytes, offset, length), hasMark, true) { Permissions = permissions };
            }
            catch (DecoderFallbackException)
            {
                return new TextFile(Encoding.UTF8.GetString(bytes, offset, length), hasMark, false) { Permissions = permissions };
            }
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"Cannot read {path.Named}: {error.Message}", error);
        }
    }

    /// <summary>
    /// Replaces a file, or creates it with the directories above it. The workspace's own directory is not created: if it is gone,
    /// a tool that writes a file must not bring it back.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="text">Its new text, without a byte order mark.</param>
    /// <param name="withMark">Whether a byte order mark comes first.</param>
    /// <param name="permissions">The permission bits of a new file; null for the usual ones.</param>
    /// <exception cref="ToolException">The file cannot be written.</exception>
    public static void Write(ToolPath path, string text, bool withMark, int? permissions = null)
    {
        try
        {
            byte[] content = [.. withMark ? Encoding.UTF8.Preamble : [], .. Encoding.UTF8.GetBytes(text)];
            FileReplacement.Write(path.Resolved, path.Root ?? "/", content, permissions);
        }
        catch (FileNotFoundException error) when (path.Root is { } root && !Directory.Exists(root))
        {
            throw new ToolException($"Cannot write {path.Named}: the workspace's directory is gone: {root}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"Cannot write {path.Named}: {error.Message}", error);
        }
    }

    /// <summary>Removes a file.</summary>
    /// <exception cref="ToolException">The file cannot be removed.</exception>
    public static void Remove(ToolPath path)
    {
        try
        {
            FileRemoval.Remove(path.Resolved);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"Cannot remove {path.Named}: {error.Message}", error);
        }
    }
}
