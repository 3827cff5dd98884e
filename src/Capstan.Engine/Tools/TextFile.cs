using System.Text;

namespace Capstan.Engine.Tools;

/// <summary>A text file as it is changed: read whole, with its byte order mark apart, and replaced in one step.</summary>
/// <param name="Text">Its text.</param>
/// <param name="HasMark">Whether it begins with a UTF-8 byte order mark, which is kept.</param>
/// <param name="IsExact">Whether the bytes were valid UTF-8, so that writing the text back changes nothing else.</param>
internal sealed record TextFile(string Text, bool HasMark, bool IsExact)
{
    // What a change holds in memory a few times over. Longer files are data, and not edited by replacing words.
    private const long MaxLength = 64L * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static long _writes;

    /// <summary>Reads a regular file.</summary>
    /// <exception cref="ToolException">It cannot be read.</exception>
    public static async Task<TextFile> ReadAsync(ToolPath path, CancellationToken cancellationToken)
    {
        try
        {
            if (new FileInfo(path.Resolved).Length > MaxLength)
                throw new ToolException($"The file is too large to change (more than 64 MiB): {path.Named}");
            var bytes = await File.ReadAllBytesAsync(path.Resolved, cancellationToken);
            var hasMark = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble);
            var (offset, length) = hasMark ? (3, bytes.Length - 3) : (0, bytes.Length);
            try
            {
                return new TextFile(Strict.GetString(bytes, offset, length), hasMark, true);
            }
            catch (DecoderFallbackException)
            {
                return new TextFile(Encoding.UTF8.GetString(bytes, offset, length), hasMark, false);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"Cannot read {path.Named}: {error.Message}", error);
        }
    }

    /// <summary>
    /// Replaces a file, or creates it with the directories above it. Readers see the old text or the new, never a part; the mode
    /// of the old file is kept.
    /// </summary>
    /// <exception cref="ToolException">It cannot be written.</exception>
    public static async Task WriteAsync(ToolPath path, string text, bool withMark, CancellationToken cancellationToken)
    {
        try
        {
            var directory = Path.GetDirectoryName(path.Resolved)!;
            Directory.CreateDirectory(directory);
            // After the directories are there, and before anything is written through them.
            path.Confirm();
            var mode = File.Exists(path.Resolved) && !OperatingSystem.IsWindows() ? File.GetUnixFileMode(path.Resolved) : (UnixFileMode?)null;
            var temporary = Path.Combine(
                directory, $".{Environment.ProcessId}-{Interlocked.Increment(ref _writes)}.capstan-tmp");
            try
            {
                await using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
                {
                    if (withMark)
                        await stream.WriteAsync(Encoding.UTF8.Preamble.ToArray(), cancellationToken);
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
                }

                if (mode is { } kept && !OperatingSystem.IsWindows())
                    File.SetUnixFileMode(temporary, kept);
                File.Move(temporary, path.Resolved, overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"Cannot write {path.Named}: {error.Message}", error);
        }
    }
}
