namespace Capstan.Engine.Tools.Bash;

/// <summary>The directories that a command may find itself in: some, none where it is never reached, or anywhere.</summary>
/// <param name="Paths">Absolute paths as they come about, links not followed; null for anywhere.</param>
internal sealed record DirectorySet(IReadOnlyList<string>? Paths)
{
    // Each doubtful change of directory doubles the possibilities; beyond this nothing is known any more.
    private const int MaxPaths = 16;

    // A path that has come about by going from one directory to the next may be longer than any that could be opened at once.
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

    /// <summary>Where a path may lead; null for anywhere.</summary>
    public IReadOnlyList<string>? Resolve(string path) => Path.IsPathRooted(path) ? [path]
        : Paths?.Select(directory => Path.Combine(directory, path)).ToList();

    /// <summary>Where a change of directory may lead.</summary>
    public DirectorySet Enter(string path)
    {
        if (Resolve(path) is not { } targets)
            return Anywhere;
        // The shell takes the parent of a link's name, the kernel that of its target; both count, whichever options are set.
        IEnumerable<string> both = path.Contains("..", StringComparison.Ordinal)
            ? targets.Concat(targets.Select(Path.GetFullPath)).Distinct(StringComparer.Ordinal)
            : targets;
        string[] all = [.. both];
        return all.Length > MaxPaths || Array.Exists(all, static one => one.Length > MaxLength) ? Anywhere : new DirectorySet(all);
    }
}
