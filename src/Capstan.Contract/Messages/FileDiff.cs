namespace Capstan.Contract;

/// <summary>A change of one file (OpenCode schema <c>SnapshotFileDiff</c>).</summary>
/// <param name="Additions">How many lines were added.</param>
/// <param name="Deletions">How many lines were removed.</param>
public sealed record FileDiff(int Additions, int Deletions)
{
    /// <summary>The path of the file, relative to the worktree.</summary>
    public string? File { get; init; }

    /// <summary>The unified diff.</summary>
    public string? Patch { get; init; }

    /// <summary>What happened to the file: added, deleted or modified.</summary>
    public string? Status { get; init; }
}
