namespace Capstan.Contract;

/// <summary>A change of one file (OpenCode schema <c>SnapshotFileDiff</c>).</summary>
/// <param name="Additions">Lines added.</param>
/// <param name="Deletions">Lines removed.</param>
public sealed record FileDiff(int Additions, int Deletions)
{
    /// <summary>The file, relative to the worktree.</summary>
    public string? File { get; init; }

    /// <summary>The unified diff.</summary>
    public string? Patch { get; init; }

    /// <summary>added, deleted or modified.</summary>
    public string? Status { get; init; }
}
