using System.Globalization;

namespace Capstan.Engine.Files;

/// <summary>
/// Replaces a file, or creates it with the directories above it. Readers see the old content or the new, never a part; the
/// permissions of the old file are kept.
/// </summary>
internal static class FileReplacement
{
    private static long _writes;

    /// <summary>Writes a file.</summary>
    /// <param name="path">Its resolved path; a link that has come into it since is not followed.</param>
    /// <param name="below">The resolved directory that has to be there already; <c>/</c> where all of the way may be created.</param>
    /// <param name="content">Its content.</param>
    /// <exception cref="FileNotFoundException"><paramref name="below"/> is not there, or a file stands where a directory would be.</exception>
    /// <exception cref="IOException">It is no regular file, there is a link on the way, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, string below, ReadOnlySpan<byte> content)
    {
        using var directory = DirectoryHandle.Create(Path.GetDirectoryName(path) ?? "/", below);
        var name = Path.GetFileName(path);
        var old = directory.Find(name);
        if (old is { IsRegular: false } special)
            throw RegularFile.NotRegular(special);
        var temporary = string.Create(
            CultureInfo.InvariantCulture, $".{Environment.ProcessId}-{Interlocked.Increment(ref _writes)}.capstan-tmp");
        try
        {
            using (var file = directory.CreateFile(temporary))
            {
                RandomAccess.Write(file, content, 0);
                if (old is { } replaced)
                    Posix.SetPermissions(file, replaced.Permissions);
            }

            directory.Rename(temporary, name);
        }
        catch
        {
            directory.Remove(temporary);
            throw;
        }
    }
}
