namespace Capstan.Engine.Files;

/// <summary>Removes a file, but neither a directory nor anything special.</summary>
internal static class FileRemoval
{
    /// <summary>Removes a regular file.</summary>
    /// <param name="path">The file's resolved path; links that appeared in it since it was resolved are not followed.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="IOException">The path is no regular file's, or has a link in it by now.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be removed.</exception>
    public static void Remove(string path)
    {
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path) ?? "/");
        var name = Path.GetFileName(path);
        if (directory.Find(name) is { IsRegular: false } special)
            throw RegularFile.NotRegular(special);
        directory.RemoveExisting(name);
    }
}
