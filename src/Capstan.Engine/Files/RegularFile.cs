using Microsoft.Win32.SafeHandles;

namespace Capstan.Engine.Files;

/// <summary>
/// Opens and reads files whose paths somebody else chose: a repository, a client, a model. Only regular files are opened: opening
/// a named pipe could block, and a device has no end. The number of bytes read is bounded, also where a file grows meanwhile or
/// claims to have no size, as files of <c>/proc</c> do (R9, R11).
/// </summary>
/// <remarks>
/// <code>
///   1. look    at the kind of file: pipes and devices are not even opened, because opening has effects on them
///   2. open    without blocking
///   3. look    at the kind of the file that was opened: it may be another file by now
/// </code>
/// All of these methods throw <see cref="FileNotFoundException"/> where there is no file,
/// <see cref="UnauthorizedAccessException"/> where the file may not be read, and another <see cref="IOException"/> whose message
/// says what is wrong with the file. Messages do not name the path.
/// </remarks>
internal static class RegularFile
{
    /// <summary>Opens a file; links are followed, wherever they lead.</summary>
    public static SafeFileHandle Open(string path) => Open(Posix.Anywhere, path, follow: true);

    /// <summary>Opens a file whose own name is no link. Links above it are followed.</summary>
    public static SafeFileHandle OpenUnlinked(string path) => Open(Posix.Anywhere, path, follow: false);

    /// <summary>Opens a file by a resolved path; links that appeared in it since it was resolved are not followed.</summary>
    public static SafeFileHandle OpenResolved(string path)
    {
        using var parent = DirectoryHandle.Open(Path.GetDirectoryName(path) ?? "/");
        return parent.OpenFile(Path.GetFileName(path));
    }

    /// <summary>
    /// Whether a path leads to a regular file; links are followed. A file whose status cannot be read does not count.
    /// </summary>
    public static bool Exists(string path)
    {
        try
        {
            return Posix.Status(Posix.Anywhere, path, follow: true) is { IsRegular: true };
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads a whole file; links are followed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">How many bytes the file may have at the most.</param>
    public static byte[] ReadBytes(string path, int limit)
    {
        using var file = Open(path);
        return ReadBytes(file, limit);
    }

    /// <summary>
    /// Reads a whole file as text; links are followed. The text is UTF-8 unless a byte order mark says otherwise.
    /// </summary>
    /// <inheritdoc cref="ReadBytes(string, int)"/>
    public static string ReadText(string path, int limit)
    {
        using var reader = new StreamReader(new MemoryStream(ReadBytes(path, limit), writable: false));
        return reader.ReadToEnd();
    }

    /// <summary>Reads a whole open file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="limit">How many bytes the file may have at the most.</param>
    public static byte[] ReadBytes(SafeFileHandle file, int limit)
    {
        RequireSize(file, limit);
        var size = Posix.Status(file).Size;
        // There is room for one byte more than the size, so that a file that grows, or that claims no size, is noticed.
        var bytes = new byte[(int)Math.Min(size, limit) + 1];
        var length = 0;
        while (true)
        {
            var read = RandomAccess.Read(file, bytes.AsSpan(length), length);
            length += read;
            if (read == 0)
                return bytes.Length == length ? bytes : bytes[..length];
            if (length > limit)
                throw TooLarge(limit);
            if (length == bytes.Length)
                Array.Resize(ref bytes, (int)Math.Min(Math.Max(bytes.Length * 2L, 4096), limit + 1L));
        }
    }

    /// <summary>
    /// Throws where an open file says that it is larger than the limit. A
    /// file that grows later must be bounded by whoever reads it.
    /// </summary>
    /// <inheritdoc cref="ReadBytes(SafeFileHandle, int)"/>
    public static void RequireSize(SafeFileHandle file, int limit)
    {
        if (Posix.Status(file).Size > limit)
            throw TooLarge(limit);
    }

    internal static SafeFileHandle Open(SafeFileHandle directory, string path, bool follow)
    {
        if (Posix.Status(directory, path, follow) is { IsRegular: false } found)
            throw NotRegular(found);
        var file = Posix.OpenToRead(directory, path, follow);
        try
        {
            var opened = Posix.Status(file);
            return opened.IsRegular ? file : throw NotRegular(opened);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    internal static IOException NotRegular(FileStatus found) => new($"it is {found.Kind}, not a regular file");

    internal static IOException TooLarge(int limit) =>
        new(limit % (1 << 20) == 0 ? $"it is larger than {limit >> 20} MiB"
            : limit % (1 << 10) == 0 ? $"it is larger than {limit >> 10} KiB" : $"it is larger than {limit} bytes");
}
