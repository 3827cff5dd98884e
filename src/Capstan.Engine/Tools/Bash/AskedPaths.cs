using Capstan.Engine.Files;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Bash;

/// <summary>Sorts the paths of a command line by the permission that each needs.</summary>
internal sealed class AskedPaths(string directory, string worktree)
{
    private readonly SortedDictionary<string, AskedPath> _outside = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AskedPath> _written = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AskedPath> _read = new(StringComparer.Ordinal);

    /// <summary>The directories outside the workspace that the line uses.</summary>
    public IReadOnlyList<AskedPath> Outside => [.. _outside.Values];

    /// <summary>The files that the line writes.</summary>
    public IReadOnlyList<AskedPath> Written => [.. _written.Values];

    /// <summary>The files that the line reads.</summary>
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
            // Links of /proc, such as /proc/self, lead elsewhere for the command than for this process.
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
            // The path has links in a circle, or is too long to be resolved at once; the shell may still get there step by step.
            AddUnknown(access.Written, files);
        }
    }

    private void AddOutside(string outside)
    {
        var pattern = outside == "/" ? "/*" : outside + "/*";
        _outside.TryAdd(pattern, new AskedPath(new PermissionSubject(pattern), outside, IsKnown: true));
    }

    /// <summary>
    /// Adds a file under the two names that file tools ask for, too: its path as given, and its path with links followed.
    /// </summary>
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

    // An unknown path may be any path, so only a rule about all paths covers it.
    private void AddUnknown(string written, Dictionary<string, AskedPath>? files)
    {
        var anything = PermissionSubject.Gap.ToString();
        _outside.TryAdd(anything, new AskedPath(new PermissionSubject("/*") { Judged = anything }, written, IsKnown: false));
        files?.TryAdd(written, new AskedPath(new PermissionSubject(written) { Judged = anything }, written, IsKnown: false));
    }
}
