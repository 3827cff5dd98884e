using System.Globalization;

namespace Capstan.Engine.Files;

/// <summary>
/// Replaces a file, or creates it with the directories above it. Readers see the old content or the new content, never a part of
/// it. The permissions of the old file are kept.
/// </summary>
internal static class FileReplacement
{
    private static long _writes;

    /// <summary>Writes a file.</summary>
    /// <param name="path">The file's resolved path; links that appeared in it since it was resolved are not followed.</param>
    /// <param name="below">
    /// The resolved directory that must exist already; <c>/</c> where all directories of the path may be created.
    /// </param>
    /// <param name="content">The file's new content.</param>
    /// <param name="permissions">The permission bits of a new file; null for the usual ones.</param>
    /// <exception cref="FileNotFoundException">
    /// <paramref name="below"/> does not exist, or there is a file in place of a directory.
    /// </exception>
    /// <exception cref="IOException">The path is no regular file's, has a link in it by now, or the disk is full.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Write(string path, string below, ReadOnlySpan<byte> content, int? permissions = null)
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
                if ((old?.Permissions ?? permissions) is { } kept)
                    Posix.SetPermissions(file, kept);
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
