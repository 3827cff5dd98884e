namespace Capstan.Contract;

/// <summary>
/// A project: a repository, or <c>global</c> for all directories outside repositories (OpenCode schema <c>Project</c>).
/// </summary>
public sealed record ProjectInfo
{
    /// <summary>The project's identifier.</summary>
    public required string ID { get; init; }

    /// <summary>The top directory of the repository's first checkout, or <c>/</c> without a repository.</summary>
    public required string Worktree { get; init; }

    /// <summary>The version control system, <c>git</c>; absent without a repository.</summary>
    public string? Vcs { get; init; }

    /// <summary>When the project was first used and last changed.</summary>
    public required ProjectTime Time { get; init; }

    /// <summary>Further checkouts of the same project.</summary>
    public IReadOnlyList<string> Sandboxes { get; init; } = [];
}
