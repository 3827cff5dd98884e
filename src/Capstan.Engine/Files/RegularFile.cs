using Microsoft.Win32.SafeHandles;

namespace Capstan.Engine.Files;

/// <summary>
/// Opens and reads files that somebody else can name: a repository, a client, a model. What is opened is a regular file, or nothing:
/// a named pipe would be waited for, a device has no end. What is read is bounded, also where the file grows meanwhile or says that
/// it has no size, as files of <c>/proc</c> do (R9, R11).
/// </summary>
/// <remarks>
/// <code>
///   1. look    what is it? Pipes and devices are not even opened: opening does things to them
///   2. open    without waiting
///   3. look    at what was opened: it may be another file by now
/// </code>
/// All of these throw <see cref="FileNotFoundException"/> where there is nothing, <see cref="UnauthorizedAccessException"/> where it may
/// not be read, and another <see cref="IOException"/> whose message says what is wrong with it. Messages do not name the path.
/// </remarks>
internal static class RegularFile
{
    /// <summary>Opens a file; links are followed, wherever they lead.</summary>
    public static SafeFileHandle Open(string path) => Open(Posix.Anywhere, path, follow: true);

    /// <summary>Opens a file whose name is no link. Links above it are followed.</summary>
    public static SafeFileHandle OpenUnlinked(string path) => Open(Posix.Anywhere, path, follow: false);

    /// <summary>Opens a file by a path that was resolved before; a link that has come into it since is not followed.</summary>
    public static SafeFileHandle OpenResolved(string path)
    {
        using var parent = DirectoryHandle.Open(Path.GetDirectoryName(path) ?? "/");
        return parent.OpenFile(Path.GetFileName(path));
    }

    /// <summary>Whether there is a regular file, links followed. A file that may not be looked at is none.</summary>
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

    /// <summary>Reads all of a file, links followed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    public static byte[] ReadBytes(string path, int limit)
    {
        using var file = Open(path);
        return ReadBytes(file, limit);
    }

    /// <summary>Reads all of a file as text, links followed; UTF-8 unless a byte order mark says otherwise.</summary>
    /// <inheritdoc cref="ReadBytes(string, int)"/>
    public static string ReadText(string path, int limit)
    {
        using var reader = new StreamReader(new MemoryStream(ReadBytes(path, limit), writable: false));
        return reader.ReadToEnd();
    }

    /// <summary>Reads all of an open file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    public static byte[] ReadBytes(SafeFileHandle file, int limit)
    {
        RequireSize(file, limit);
        var size = Posix.Status(file).Size;
        // One byte more than it says: a file that is longer than that is still growing, or says nothing.
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

    /// <summary>Makes sure that an open file says of itself that it is small enough; what grows is the reader's to bound.</summary>
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
