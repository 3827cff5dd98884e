using System.Diagnostics.CodeAnalysis;
using Capstan.Contract;
using Capstan.Engine.Configuration.Redaction;

namespace Capstan.Engine.Workspaces.Changes;

/// <summary>What git knows of a workspace's files: the branch they are on, and how they differ from what is committed.</summary>
/// <remarks>
/// Only what is below the workspace's directory is told, with paths relative to the worktree. Renamed files are deleted ones and
/// added ones. Without a repository there is nothing to tell, which is no error. At most 10,000 files are listed. Four requests at a time run git, for 20 s
/// at most.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the server; its semaphore never makes a handle.")]
public sealed class WorkspaceChanges
{
    /// <summary>How many lines of context patches have where nobody says otherwise, as with git.</summary>
    public const int DefaultContext = 3;

    /// <summary>How many files are listed: those that come first by their paths.</summary>
    internal const int MaxFiles = 10_000;

    /// <summary>How many bytes all patches of an answer have together: 8 MiB. Patches beyond are left out.</summary>
    internal const int MaxPatches = GitPatch.OutputLimit;

    /// <summary>How long git may take for a request: 20 s.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _readers = new(4);

    internal WorkspaceChanges(TimeProvider time) => _time = time;

    /// <summary>
    /// Tells the branches; none where git fails, because clients ask for them when they start, and must start all the same. What
    /// failed is told by the other requests.
    /// </summary>
    public async Task<VcsInfo> DescribeAsync(Workspace workspace, CancellationToken cancellationToken)
    {
        var unknown = new VcsInfo(null, null);
        try
        {
            return await ReadAsync(
                workspace,
                unknown,
                static async git => new VcsInfo(await Branches.FindCurrentAsync(git), (await Branches.FindDefaultAsync(git))?.Name),
                cancellationToken);
        }
        catch (WorkspaceReadException failure) when (failure.Problem is WorkspaceReadProblem.Failed)
        {
            return unknown;
        }
    }

    /// <summary>Lists the files that differ from the commit that is checked out, without patches.</summary>
    /// <exception cref="WorkspaceReadException">Git failed.</exception>
    public Task<IReadOnlyList<FileDiff>> ListAsync(Workspace workspace, CancellationToken cancellationToken) =>
        ReadAsync(workspace, [], static git => CompareAsync(git, ChangeBase.Commit, context: null), cancellationToken);

    /// <summary>Lists the files that differ, with git's patches.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="from">What the files are compared with. Without a default branch nothing differs from it.</param>
    /// <param name="context">How many lines of context the patches have, from 0.</param>
    /// <param name="cancellationToken">Stops git.</param>
    /// <returns>The files; those without a patch are too large, or beyond the 8 MiB that all patches may have together, or another repository.</returns>
    /// <exception cref="WorkspaceReadException">Git failed.</exception>
    public Task<IReadOnlyList<FileDiff>> DiffAsync(Workspace workspace, ChangeBase from, int context, CancellationToken cancellationToken) =>
        ReadAsync(workspace, [], git => CompareAsync(git, from, context), cancellationToken);

    private static async Task<IReadOnlyList<FileDiff>> CompareAsync(CheckoutGit git, ChangeBase from, int? context)
    {
        if (await FindBaseAsync(git, from) is not { } commit)
            return [];
        var diffs = new List<FileDiff>(await DiffTrackedAsync(git, commit, context));
        // What patches of untracked files may still take of the answer.
        var left = context is null ? 0 : MaxPatches - diffs.Sum(static diff => diff.Patch?.Length ?? 0);
        var untracked = (await git.RunAsync("ls-files", "-z", "--others", "--exclude-standard", "--full-name", "--", ".")).Require("ls-files");
        foreach (var path in untracked.Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).Take(MaxFiles))
        {
            git.Cancellation.ThrowIfCancellationRequested();
            // A name that is not UTF-8 cannot be sent to clients.
            if (path.Contains('\uFFFD', StringComparison.Ordinal))
                continue;
            var diff = UntrackedFile.Read(git.Worktree, path, left);
            left -= diff.Patch?.Length ?? 0;
            diffs.Add(diff);
        }

        return [.. diffs.OrderBy(static diff => diff.File, StringComparer.Ordinal).Take(MaxFiles)];
    }

    private static async Task<string?> FindBaseAsync(CheckoutGit git, ChangeBase from)
    {
        if (from == ChangeBase.DefaultBranch)
        {
            if (await Branches.FindDefaultAsync(git) is not var (_, reference))
                return null;
            var common = await git.RunAsync("merge-base", reference, "HEAD");
            return common.IsSuccess ? common.Text.Trim() : null;
        }

        var head = await git.RunAsync("rev-parse", "--quiet", "--verify", "HEAD^{commit}");
        // Before the first commit, all files are new: git knows the empty tree without having it.
        return head.IsSuccess ? head.Text.Trim() : (await git.RunAsync("hash-object", "-t", "tree", "--stdin")).Require("hash-object").Trim();
    }

    private static async Task<IEnumerable<FileDiff>> DiffTrackedAsync(CheckoutGit git, string commit, int? context)
    {
        // Settings of the user's that would change the form of the output are overruled. Of submodules only the commit that they are
        // at is looked at: more would take their own settings, which can name programs to run.
        string[] form = ["-z", "--raw", "--numstat", "--no-renames", "--ignore-submodules=dirty", "--no-relative"];
        string[] patches = context is null ? [] :
        [
            "-p", $"-U{context}", "--no-color", "--no-ext-diff", "--no-textconv", "--submodule=short", "--src-prefix=a/", "--dst-prefix=b/",
        ];
        var result = await git.RunAsync(["diff", .. form, .. patches, commit, "--", "."], MaxPatches);
        if (result is { ExitCode: not 0, IsCut: false })
            result.Require("diff");
        return GitPatch.Read(result.Text, result.IsCut).Select(patch => new FileDiff(patch.Additions, patch.Deletions)
        {
            File = patch.Path, Patch = context is null ? null : patch.Text, Status = patch.Status,
        });
    }

    private async Task<T> ReadAsync<T>(Workspace workspace, T nothing, Func<CheckoutGit, Task<T>> read, CancellationToken cancellationToken)
    {
        if (GitRepository.Locate(workspace.Directory) is not { } repository)
            return nothing;
        if (GitObstacles.Find(repository) is { } obstacle)
            throw Failed($"Git would wait for ever at {obstacle}, which is not a regular file.");
        await _readers.WaitAsync(cancellationToken);
        try
        {
            using var limit = new CancellationTokenSource(Limit, _time);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
            var git = new CheckoutGit(repository, workspace.Directory, stop.Token);
            await git.ConfirmAsync();
            return await read(git);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"Git took longer than {Limit.TotalSeconds} s and was stopped. Let a .gitignore name what is not the project's own.", error);
        }
        catch (GitException error)
        {
            // Git's message repeats addresses of remotes, which may hold a password.
            throw Failed($"Git cannot tell about {workspace.Directory}: {SecretShapes.Redact(error.Message)}", error);
        }
        finally
        {
            _readers.Release();
        }
    }

    private static WorkspaceReadException Failed(string message, Exception? inner = null) => new(WorkspaceReadProblem.Failed, message, inner);
}
