using Capstan.Contract;

namespace Capstan.Engine.Workspaces;

/// <summary>Which project a directory belongs to.</summary>
/// <param name="ID">
/// The project's identifier; <c>global</c> for a directory that is in no repository, or in a repository without a commit.
/// </param>
/// <param name="Worktree">The top directory of this checkout, to which paths are relative; <c>/</c> without a repository.</param>
/// <param name="MainWorktree">The top directory of the repository's first checkout, which is the project's own directory.</param>
/// <param name="IsGit">Whether the directory is in a git repository.</param>
public sealed record ProjectIdentity(string ID, string Worktree, string MainWorktree, bool IsGit)
{
    /// <summary>The identifier of the project that all directories outside repositories belong to.</summary>
    public const string Global = "global";

    /// <summary>
    /// Finds the project of a directory:
    /// <list type="number">
    /// <item>by the remote <c>origin</c>, if its address is usable, so that all clones are one project;</item>
    /// <item>else by the identifier that OpenCode left in the repository;</item>
    /// <item>else by the repository's first commit.</item>
    /// </list>
    /// Nothing is written into the repository. Only finding the first commit takes a git process.
    /// </summary>
    /// <param name="directory">The directory, absolute; it need not exist.</param>
    /// <param name="time">The clock that limits how long git may take.</param>
    /// <param name="cancellationToken">Stops the search.</param>
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
    /// <param name="created">When the project was first used.</param>
    public ProjectInfo ToInfo(DateTimeOffset created) => new()
    {
        ID = ID,
        Worktree = MainWorktree,
        Vcs = IsGit ? "git" : null,
        Time = new ProjectTime(created.ToUnixTimeMilliseconds(), created.ToUnixTimeMilliseconds()),
        Sandboxes = Worktree == MainWorktree ? [] : [Worktree],
    };
}
