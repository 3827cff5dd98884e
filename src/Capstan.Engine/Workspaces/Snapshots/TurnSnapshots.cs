using Capstan.Contract;
using Capstan.Engine.Configuration.Redaction;
using Capstan.Engine.Telemetry;
using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>
/// The snapshots of one turn: the trees before and after its steps, and
/// what changed since its prompt. Not safe for several threads.
/// </summary>
/// <remarks>
/// <code>
///   step 1                          step 2
///   look ═╗ (beside the request)    ┌─ the tree that is known
///         ╚► before ─ tools ─ look ─┴► before ─ no tools that change anything ─ after = before
/// </code>
/// No member throws, and none holds the turn up longer than <paramref name="patience"/>: a turn is worth more than its snapshots.
/// A look that takes longer goes on after the turn, so that a later turn finds its result; this turn takes no further snapshots.
/// </remarks>
/// <param name="repository">Where the trees are kept; null for snapshots that do nothing and cost nothing.</param>
/// <param name="directory">The directory whose files are looked at.</param>
/// <param name="worktree">The top of the checkout that the directory is in.</param>
/// <param name="patience">The longest time for one look, and for comparing two trees.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Logs failures.</param>
/// <param name="notices">Tells people, once, that there are no snapshots and why.</param>
internal sealed class TurnSnapshots(
    SnapshotRepository? repository,
    string directory,
    string worktree,
    TimeSpan patience,
    TimeProvider time,
    ILogger logger,
    NoticeBoard notices)
{
    // After an abort somebody wants the session to become idle soon, yet a change that is not recorded cannot be undone.
    private static readonly TimeSpan AbortLimit = TimeSpan.FromSeconds(5);

    private Task<string?>? _before;
    private string? _promptID;
    private string? _first;
    private string? _last;
    private bool _hasGivenUp;

    /// <summary>How files changed since the prompt that is being answered; null as long as no change was found.</summary>
    public IReadOnlyList<FileDiff>? Diffs { get; private set; }

    /// <summary>Makes snapshots that do nothing and cost nothing.</summary>
    public static TurnSnapshots None(TimeProvider time, ILogger logger, NoticeBoard notices) =>
        new(null, "/", "/", TimeSpan.Zero, time, logger, notices);

    /// <summary>Call this when a step begins: it starts the look for the tree before the step.</summary>
    /// <param name="promptID">The prompt that the step answers.</param>
    /// <param name="abort">Stops the look.</param>
    public void Begin(string promptID, CancellationToken abort)
    {
        if (repository is null)
            return;
        if (_hasGivenUp)
        {
            _before = null;
            return;
        }

        // Only tools are known to change files within a turn, so the tree after the last step is also the tree before this step.
        _before = _last is null ? InTimeAsync(TrackAsync(repository, abort)) : Task.FromResult<string?>(_last);
        if (_promptID != promptID)
            (_promptID, _first, Diffs) = (promptID, null, null);
    }

    /// <summary>Returns the tree before the step; null where it is unknown or was not found in time.</summary>
    public async ValueTask<string?> BeforeAsync() => _before is null ? null : await _before;

    /// <summary>Call this when the step's tool calls have ended: it finds out what they changed.</summary>
    /// <param name="mayHaveChanged">Whether one of the tool calls may have changed files.</param>
    /// <param name="abort">Gives the look only a few more seconds.</param>
    public async ValueTask<StepChange> EndAsync(bool mayHaveChanged, CancellationToken abort)
    {
        var before = await BeforeAsync();
        _first ??= before;
        _last = before;
        if (repository is null || before is null || !mayHaveChanged)
            return new StepChange(before, before, []);

        _last = await InTimeAsync(LookAgainAsync(repository, abort));
        if (_last is not { } after || after == before)
            return new StepChange(before, _last, []);
        return new StepChange(before, after, await CompareAsync(repository, before, after));
    }

    private async Task<string?> LookAgainAsync(SnapshotRepository snapshots, CancellationToken abort)
    {
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        using var hurry = abort.Register(() => limit.CancelAfter(AbortLimit));
        return await TrackAsync(snapshots, limit.Token);
    }

    private async Task<string?> InTimeAsync(Task<string?> look)
    {
        try
        {
            return await look.WaitAsync(patience, time);
        }
        catch (TimeoutException)
        {
            _hasGivenUp = true;
            SayThatItIsSlow();
            return null;
        }
    }

    private void SayThatItIsSlow() => notices.Say(
        $"Finding out what changed in the files of {worktree} takes longer than {patience.TotalSeconds:0.###} s. Turns do not wait for it: what "
        + "they change is not recorded, or not all of it. Let a .gitignore name what is not the project's own, raise "
        + "capstan.turns.maxSnapshotWait, or set \"snapshot\" to false.");

    private async Task<IReadOnlyList<string>> CompareAsync(SnapshotRepository snapshots, string before, string after)
    {
        using var limit = new CancellationTokenSource(patience, time);
        var cancellationToken = limit.Token;
        try
        {
            var first = _first!;
            Diffs = first == after ? [] : await snapshots.DiffAsync(first, after, directory, cancellationToken);
            var files = first == before
                ? Diffs.Select(static diff => diff.File!)
                : await snapshots.FindChangesAsync(before, after, directory, cancellationToken);
            return [.. files.Select(file => Path.Combine(worktree, file))];
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            SayThatItIsSlow();
            return [];
        }
        catch (Exception exception)
        {
            Log.NoDiff(logger, exception, directory);
            return [];
        }
    }

    private async Task<string?> TrackAsync(SnapshotRepository snapshots, CancellationToken cancellationToken)
    {
        try
        {
            return await snapshots.TrackAsync(directory, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (GitException exception) when (exception.IsMissing)
        {
            notices.Say(
                "There is no git on the server's PATH: what tools change in files is not recorded, and repositories without a remote are one "
                + "project. Install git, or put it on the PATH.");
            return null;
        }
        catch (GitException exception)
        {
            // Git's message repeats addresses of remotes, which may hold a password.
            Log.GitFailed(logger, directory, SecretShapes.Redact(exception.Message));
            return null;
        }
        catch (Exception exception)
        {
            Log.NoSnapshot(logger, exception, directory);
            return null;
        }
    }
}
