namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>What a directory was like when git looked at it last.</summary>
/// <param name="Stamp">What the system said of it before that look; null where it is not known, or too fresh to be trusted.</param>
/// <param name="Rules">The rules that <paramref name="Ignored"/> follows from; null before they were asked for.</param>
/// <param name="Ignored">Directories that git leaves out whole, by full path: there can be more files in them than in all the rest.</param>
/// <param name="AlwaysAskGit">Whether the system cannot tell what git would find: there are too many files, or a repository within this one.</param>
internal sealed record SeenDirectory(WorktreeStamp? Stamp, string? Rules, IReadOnlySet<string> Ignored, bool AlwaysAskGit)
{
    /// <summary>What is known of a directory that was not looked at.</summary>
    public static SeenDirectory Never { get; } = new(null, null, new HashSet<string>(), false);
}
