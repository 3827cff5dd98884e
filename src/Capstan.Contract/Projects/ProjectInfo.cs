namespace Capstan.Contract;

/// <summary>A project: a repository, or <c>global</c> for what is in none (OpenCode schema <c>Project</c>).</summary>
public sealed record ProjectInfo
{
    /// <summary>The project's identifier.</summary>
    public required string ID { get; init; }

    /// <summary>The top directory.</summary>
    public required string Worktree { get; init; }

    /// <summary><c>git</c>, or absent.</summary>
    public string? Vcs { get; init; }

    /// <summary>When it was first and last used.</summary>
    public required ProjectTime Time { get; init; }

    /// <summary>Further directories of the same project.</summary>
    public IReadOnlyList<string> Sandboxes { get; init; } = [];
}
