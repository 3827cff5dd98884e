using Microsoft.Win32.SafeHandles;

namespace Capstan.Engine.Files;

/// <summary>
/// An open directory that was reached by a resolved path without following a link. Whatever happens to the path afterwards, the
/// handle stays on the directory that was meant, and files that are opened or created through it are in that directory (R11).
/// </summary>
/// <remarks>
/// The walk begins at <c>/</c> and opens each directory relative to its parent. A resolved path holds no links, so a link that
/// the walk meets was put there after the path was checked.
/// </remarks>
internal sealed class DirectoryHandle : IDisposable
{
    private readonly SafeFileHandle _handle;

    private DirectoryHandle(SafeFileHandle handle) => _handle = handle;

    /// <summary>Opens a directory that exists.</summary>
    /// <param name="path">The directory's resolved path.</param>
    /// <exception cref="FileNotFoundException">The directory, or one above it, does not exist or is not a directory.</exception>
    /// <exception cref="IOException">The path has a link in it by now.</exception>
    public static DirectoryHandle Open(string path) => Walk(path, createBelow: null);

    /// <summary>Opens a directory, and creates those directories of its path that are missing.</summary>
    /// <param name="path">The directory's resolved path.</param>
    /// <param name="below">The resolved directory that must exist already; only directories below it are created.</param>
    /// <inheritdoc cref="Open"/>
    public static DirectoryHandle Create(string path, string below) => Walk(path, below);

    /// <summary>Opens a regular file of this directory for reading.</summary>
    public SafeFileHandle OpenFile(string name) => RegularFile.Open(_handle, name, follow: false);

    /// <summary>Finds an entry of this directory by its name, without following links; null where there is none.</summary>
    public FileStatus? Find(string name) => Posix.Status(_handle, name, follow: false);

    /// <summary>Creates a file for writing; no entry of that name may exist.</summary>
    public SafeFileHandle CreateFile(string name) => Posix.CreateFile(_handle, name);

    /// <summary>Renames a file of this directory, and replaces a file that has the new name.</summary>
    public void Rename(string from, string to) => Posix.Rename(_handle, from, to);

    /// <summary>Removes a file, if it exists.</summary>
    public void Remove(string name) => Posix.Remove(_handle, name);

    /// <summary>Removes a file.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="IOException">It cannot be removed.</exception>
    public void RemoveExisting(string name) => Posix.RemoveExisting(_handle, name);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static DirectoryHandle Walk(string path, string? createBelow)
    {
        var at = Posix.OpenDirectory(Posix.Anywhere, "/");
        try
        {
            var reached = "";
            foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                var mayCreate = createBelow is not null && IsAtOrBelow(reached, createBelow);
                var next = Enter(at, name, mayCreate);
                at.Dispose();
                at = next;
                reached = $"{reached}/{name}";
            }

            return new DirectoryHandle(at);
        }
        catch
        {
            at.Dispose();
            throw;
        }
    }

    private static SafeFileHandle Enter(SafeFileHandle directory, string name, bool mayCreate)
    {
        if (mayCreate && Posix.Status(directory, name, follow: false) is null)
            Posix.CreateDirectory(directory, name);
        try
        {
            return Posix.OpenDirectory(directory, name);
        }
        catch (FileNotFoundException) when (Posix.Status(directory, name, follow: false) is { IsLink: true })
        {
            throw IsLink();
        }
    }

    private static bool IsAtOrBelow(string path, string directory) =>
        directory == "/" || path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);

    private static IOException IsLink() => new("a directory on the way to it has become a symbolic link, which is not followed");
}
