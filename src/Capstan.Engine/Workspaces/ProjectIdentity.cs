using Capstan.Contract;

namespace Capstan.Engine.Workspaces;

/// <summary>Which project a directory belongs to.</summary>
/// <param name="ID">The project's identifier; <c>global</c> for what is in no repository, or in one without a commit.</param>
/// <param name="Worktree">The top directory of this checkout, <c>/</c> without a repository: what paths are relative to.</param>
/// <param name="MainWorktree">The top directory of the repository's first checkout: the project's own directory.</param>
/// <param name="IsGit">Whether it is in a repository.</param>
public sealed record ProjectIdentity(string ID, string Worktree, string MainWorktree, bool IsGit)
{
    /// <summary>The identifier of all that is in no repository.</summary>
    public const string Global = "global";

    /// <summary>
    /// Finds the project of a directory:
    /// <list type="number">
    /// <item>the remote <c>origin</c>, if it has a usable address, names it, so that all clones are one project;</item>
    /// <item>else the identifier that OpenCode left in the repository;</item>
    /// <item>else its first commit.</item>
    /// </list>
    /// Nothing is written into the repository. Only the first commit takes a git process.
    /// </summary>
    /// <param name="directory">The directory, absolute; it need not exist.</param>
    /// <param name="time">Measures the limit on the process.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ProjectIdentity> FindAsync(string directory, TimeProvider time, CancellationToken cancellationToken) =>
        GitRepository.Locate(directory) is { } repository
            ? await FindAsync(repository, time, cancellationToken)
            : None(directory);

    internal static async Task<ProjectIdentity> FindAsync(GitRepository repository, TimeProvider time, CancellationToken cancellationToken)
    {
        var id = repository.ReadOrigin() is { } origin && GitRemote.ProjectID(origin) is { } named ? named
            : repository.ReadCachedID() is { } cached ? cached
            : await repository.FindRootCommitAsync(time, cancellationToken) ?? Global;
        return new ProjectIdentity(id, repository.Worktree, repository.MainWorktree, IsGit: true);
    }

    internal static ProjectIdentity None(string directory)
    {
        var root = Path.GetPathRoot(directory) ?? "/";
        return new ProjectIdentity(Global, root, root, IsGit: false);
    }

    /// <summary>The project as clients see it.</summary>
    /// <param name="created">When it was first used.</param>
    public ProjectInfo ToInfo(DateTimeOffset created) => new()
    {
        ID = ID,
        Worktree = MainWorktree,
        Vcs = IsGit ? "git" : null,
        Time = new ProjectTime(created.ToUnixTimeMilliseconds(), created.ToUnixTimeMilliseconds()),
        Sandboxes = Worktree == MainWorktree ? [] : [Worktree],
    };
}
