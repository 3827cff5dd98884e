namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>What is remembered of a directory from the last look that ran git.</summary>
/// <param name="Stamp">
/// What the system said of the files before that look; null where it is unknown, or too recent to be trusted.
/// </param>
/// <param name="Rules">
/// The stamp of the ignore rules that <paramref name="Ignored"/> follows from; null where it is unknown or too recent.
/// </param>
/// <param name="Ignored">
/// Full paths of directories that git leaves out whole; they may hold more files than all others together.
/// </param>
/// <param name="AlwaysAskGit">
/// Whether only git can tell what changed, because the directory has too many files, or a repository within this one.
/// </param>
internal sealed record SeenDirectory(WorktreeStamp? Stamp, string? Rules, IReadOnlySet<string> Ignored, bool AlwaysAskGit)
{
    /// <summary>What is known of a directory at which no look was taken yet.</summary>
    public static SeenDirectory Never { get; } = new(null, null, new HashSet<string>(), false);
}
