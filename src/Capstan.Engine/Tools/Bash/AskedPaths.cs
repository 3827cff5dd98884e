using Capstan.Engine.Files;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Bash;

/// <summary>The paths of a command line, by what is asked for them.</summary>
internal sealed class AskedPaths(string directory, string worktree)
{
    private readonly SortedDictionary<string, AskedPath> _outside = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AskedPath> _written = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AskedPath> _read = new(StringComparer.Ordinal);

    /// <summary>Directories outside the workspace.</summary>
    public IReadOnlyList<AskedPath> Outside => [.. _outside.Values];

    /// <summary>Files that are written.</summary>
    public IReadOnlyList<AskedPath> Written => [.. _written.Values];

    /// <summary>Files that are read.</summary>
    public IReadOnlyList<AskedPath> Read => [.. _read.Values];

    /// <summary>Adds a path that the line uses.</summary>
    public void Add(PathAccess access)
    {
        var files = access.Use switch
        {
            PathUse.Write => _written,
            PathUse.Read => _read,
            _ => null,
        };
        if (access.Path is null)
        {
            AddUnknown(access.Written, files);
            return;
        }

        try
        {
            var resolved = PathContainment.Resolve(access.Path, out var isOfProcess);
            // /proc/self and the like lead elsewhere for the command than for this process.
            if (isOfProcess)
            {
                AddUnknown(access.Written, files);
                return;
            }

            if (!PathContainment.IsInside(resolved, directory, worktree))
                AddOutside(Directory.Exists(resolved) && files is null ? resolved : Path.GetDirectoryName(resolved) ?? "/");
            if (files is not null)
                AddFile(access.Path, resolved, files);
        }
        catch (IOException)
        {
            // A circle of links, or a path too long to be looked up at once: the shell may get there step by step.
            AddUnknown(access.Written, files);
        }
    }

    private void AddOutside(string outside)
    {
        var pattern = outside == "/" ? "/*" : outside + "/*";
        _outside.TryAdd(pattern, new AskedPath(new PermissionSubject(pattern), outside, IsKnown: true));
    }

    /// <summary>A file under the names that the file tools ask for: the one given, and that which links lead to.</summary>
    private void AddFile(string path, string resolved, Dictionary<string, AskedPath> files)
    {
        string[] names =
        [
            Path.GetRelativePath(worktree, Path.GetFullPath(path)),
            Path.GetRelativePath(PathContainment.Resolve(worktree), resolved),
        ];
        foreach (var name in names)
            files.TryAdd(name, new AskedPath(new PermissionSubject(name), Path.GetFullPath(path), IsKnown: true));
    }

    // It may be any path: only a rule about all of them covers it.
    private void AddUnknown(string written, Dictionary<string, AskedPath>? files)
    {
        var anything = PermissionSubject.Gap.ToString();
        _outside.TryAdd(anything, new AskedPath(new PermissionSubject("/*") { Judged = anything }, written, IsKnown: false));
        files?.TryAdd(written, new AskedPath(new PermissionSubject(written) { Judged = anything }, written, IsKnown: false));
    }
}
