using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces.Changes;

/// <summary>Runs git in a user's checkout, for reading alone.</summary>
/// <remarks>
/// Programs that the repository's configuration names are not run where an option keeps git from it. The filters of files are:
/// without them, git would take files for changed that are not.
/// </remarks>
internal sealed class CheckoutGit(GitRepository repository, string directory, CancellationToken cancellationToken)
{
    /// <summary>The resolved path of the top of the checkout.</summary>
    public string Worktree { get; } = PathContainment.Resolve(repository.Worktree);

    /// <summary>Stops whatever is read.</summary>
    public CancellationToken Cancellation => cancellationToken;

    /// <summary>Runs a command in the workspace's directory.</summary>
    /// <exception cref="GitException">Git could not be run.</exception>
    public Task<GitResult> RunAsync(params IReadOnlyList<string> arguments) => RunAsync(arguments, new GitCommand(directory).OutputLimit);

    /// <inheritdoc cref="RunAsync(IReadOnlyList{string})"/>
    public Task<GitResult> RunAsync(IReadOnlyList<string> arguments, int outputLimit) => GitProcess.RunAsync(
        new GitCommand(directory, ["-c", "core.fsmonitor=false", "-c", "core.quotePath=false", .. arguments]) { OutputLimit = outputLimit },
        cancellationToken);

    /// <summary>
    /// Makes sure that git takes the same directory for the top of the checkout: a repository's configuration
    /// can name another one, whose files are not the workspace's.
    /// </summary>
    /// <exception cref="GitException">It does not, or git refuses the repository.</exception>
    public async Task ConfirmAsync()
    {
        var top = (await RunAsync("rev-parse", "--show-toplevel")).Require("rev-parse").TrimEnd('\n');
        if (top != Worktree)
            throw new GitException($"git takes {top} for the top of the checkout, which is {Worktree}");
    }
}
