using Microsoft.Win32.SafeHandles;

namespace Capstan.Engine.Files;

/// <summary>
/// A directory that was reached by a resolved path without following a link: whatever happens to the path from now on, this is the
/// directory that was meant, and what is opened or created through it is in it (R11).
/// </summary>
/// <remarks>
/// The walk begins at <c>/</c> and opens one directory relative to the other. A resolved path holds no links, so one that is met was
/// put there after the path was judged.
/// </remarks>
internal sealed class DirectoryHandle : IDisposable
{
    private readonly SafeFileHandle _handle;

    private DirectoryHandle(SafeFileHandle handle) => _handle = handle;

    /// <summary>Reaches a directory that is there.</summary>
    /// <param name="path">Its resolved path.</param>
    /// <exception cref="FileNotFoundException">It, or one above it, is not there or no directory.</exception>
    /// <exception cref="IOException">There is a link on the way now.</exception>
    public static DirectoryHandle Open(string path) => Walk(path, createBelow: null);

    /// <summary>Reaches a directory and creates what is missing of it.</summary>
    /// <param name="path">Its resolved path.</param>
    /// <param name="below">The resolved directory that has to be there already.</param>
    /// <inheritdoc cref="Open"/>
    public static DirectoryHandle Create(string path, string below) => Walk(path, below);

    /// <summary>Opens a regular file of this directory for reading.</summary>
    public SafeFileHandle OpenFile(string name) => RegularFile.Open(_handle, name, follow: false);

    /// <summary>What has this name, links not followed; null where nothing has.</summary>
    public FileStatus? Find(string name) => Posix.Status(_handle, name, follow: false);

    /// <summary>Creates a file that was not there, for writing.</summary>
    public SafeFileHandle CreateFile(string name) => Posix.CreateFile(_handle, name);

    /// <summary>Renames a file of this directory, over what has the new name.</summary>
    public void Rename(string from, string to) => Posix.Rename(_handle, from, to);

    /// <summary>Removes a file, if it is there.</summary>
    public void Remove(string name) => Posix.Remove(_handle, name);

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
