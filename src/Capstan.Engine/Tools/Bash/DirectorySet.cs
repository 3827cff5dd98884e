namespace Capstan.Engine.Tools.Bash;

/// <summary>The directories in which a command may run: some, none where the command is never reached, or any.</summary>
/// <param name="Paths">Absolute paths as the script makes them up, links not followed; null for any directory.</param>
internal sealed record DirectorySet(IReadOnlyList<string>? Paths)
{
    // Each doubtful change of directory doubles the set; a larger set counts as any directory.
    private const int MaxPaths = 16;

    // Going from one directory to the next can make a path that is longer than any that can be opened at once.
    private const int MaxLength = 4095;

    public static readonly DirectorySet Anywhere = new((IReadOnlyList<string>?)null);

    public static readonly DirectorySet Nowhere = new([]);

    public bool IsAnywhere => Paths is null;

    public static DirectorySet Of(string path) => new([path]);

    public DirectorySet Union(DirectorySet other)
    {
        if (ReferenceEquals(this, other))
            return this;
        if (Paths is null || other.Paths is null)
            return Anywhere;
        string[] all = [.. Paths.Union(other.Paths, StringComparer.Ordinal)];
        return all.Length > MaxPaths ? Anywhere : new DirectorySet(all);
    }

    /// <summary>Lists the paths that a path may stand for; null for any path.</summary>
    public IReadOnlyList<string>? Resolve(string path) => Path.IsPathRooted(path) ? [path]
        : Paths?.Select(directory => Path.Combine(directory, path)).ToList();

    /// <summary>Returns the directories to which a change of directory may lead.</summary>
    public DirectorySet Enter(string path)
    {
        if (Resolve(path) is not { } targets)
            return Anywhere;
        // The shell takes the parent of a link's own path, the kernel the parent of
        // the link's target; the set has both, whichever options are set.
        IEnumerable<string> both = path.Contains("..", StringComparison.Ordinal)
            ? targets.Concat(targets.Select(Path.GetFullPath)).Distinct(StringComparer.Ordinal)
            : targets;
        string[] all = [.. both];
        return all.Length > MaxPaths || Array.Exists(all, static one => one.Length > MaxLength) ? Anywhere : new DirectorySet(all);
    }
}
