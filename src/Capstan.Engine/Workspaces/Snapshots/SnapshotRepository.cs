using System.Diagnostics.CodeAnalysis;
using System.Text;
using Capstan.Contract;
using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>The trees of one worktree, in a git directory of our own that shares the objects of the user's.</summary>
/// <remarks>
/// <code>
///   asked ──► waiting for the index (whoever asks now, shares the look) ──► looking ──► tree
///                                                                             │ the system says that no file changed: the tree before
///                                                                             │ git says that nothing changed: the same, one process
///                                                                             │ changed: stage, write the tree, three processes
/// </code>
/// Invariants: one look at a time uses the index; a look that is waited for began after it was asked for; the user's git directory
/// is only read.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the server; its semaphore never makes a handle.")]
internal sealed class SnapshotRepository
{
    /// <summary>Untracked files that are larger are left out, in bytes (as in OpenCode).</summary>
    public const long LargeFile = 2 * 1024 * 1024;

    // A look that takes longer costs more than it is worth: the step goes on without.
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(60);
    // Whatever it was that git waited for, it will most likely wait for it again.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan DiffLimit = TimeSpan.FromSeconds(20);
    // What changes twice within one tick of a file system's clock looks as if it had changed once; the longest tick is that of FAT.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    private readonly SnapshotDirectory _home;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _index = new(1, 1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SharedScan> _waiting = [];
    // Used by one look at a time, as the index is.
    private readonly Dictionary<string, SeenDirectory> _seen = [];
    private DateTimeOffset _pausedUntil;
    private bool _isOpen;
    private string? _tree;

    /// <summary>Prepares a repository; nothing happens before it is used.</summary>
    public SnapshotRepository(SnapshotDirectory home, TimeProvider time)
    {
        _home = home;
        _time = time;
    }

    /// <summary>The tree of the worktree as it is now, or was at a moment after this call.</summary>
    /// <param name="directory">What is looked at, within the worktree; the rest of the tree is as it was last seen.</param>
    /// <param name="cancellationToken">Gives up; the look itself is stopped if nobody else waits for it.</param>
    /// <exception cref="GitException">There is no tree.</exception>
    public Task<string> TrackAsync(string directory, CancellationToken cancellationToken)
    {
        SharedScan? scan;
        lock (_lock)
        {
            if (!_waiting.TryGetValue(directory, out scan) || !scan.TryJoin(Start))
            {
                _waiting[directory] = scan = new SharedScan();
                scan.TryJoin(Start);
            }
        }

        return scan.WaitAsync(cancellationToken);

        Task<string> Start(CancellationToken stop) => LookAsync(directory, scan!, stop);
    }

    /// <summary>Where it is.</summary>
    public string Location => _home.Location;

    /// <summary>Does something while no look uses the repository.</summary>
    public async Task<T> ExclusivelyAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await _index.WaitAsync(cancellationToken);
        try
        {
            // The tree that is known may be one of those that go.
            _tree = null;
            return await work(cancellationToken);
        }
        finally
        {
            _index.Release();
        }
    }

    /// <summary>The paths that differ, relative to the worktree.</summary>
    public async Task<IReadOnlyList<string>> FindChangesAsync(
        string before, string after, string directory, CancellationToken cancellationToken)
    {
        var result = await DiffAsync(
            directory, ["-r", "-z", "--name-only", "--no-renames", before, after, "--", "."], int.MaxValue / 8, cancellationToken);
        return result.Require("diff-tree").Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>What differs, with the whole text of the files around it.</summary>
    public async Task<IReadOnlyList<FileDiff>> DiffAsync(
        string before, string after, string directory, CancellationToken cancellationToken)
    {
        var result = await DiffAsync(
            directory,
            [
                "-r", "-z", "--raw", "--numstat", "-p", "-U1000000", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv",
                before, after, "--", ".",
            ],
            TreeDiff.OutputLimit,
            cancellationToken);
        if (result is { ExitCode: not 0, IsCut: false })
            result.Require("diff-tree");
        return TreeDiff.Read(result.Text, result.IsCut);
    }

    private async Task<GitResult> DiffAsync(
        string directory, IReadOnlyList<string> arguments, int limit, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(DiffLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        return await GitProcess.RunAsync(
            _home.Command(directory, ["diff-tree", .. arguments]) with { OutputLimit = limit }, either.Token);
    }

    private async Task<string> LookAsync(string directory, SharedScan scan, CancellationToken stop)
    {
        // Starting a process takes a while; the caller has a model to call meanwhile.
        await Task.Yield();
        using var patience = new CancellationTokenSource(LookLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        var cancellationToken = either.Token;
        try
        {
            await _index.WaitAsync(cancellationToken);
        }
        catch
        {
            Leave(directory, scan);
            throw;
        }

        try
        {
            // From here on files may change behind our back: who comes later, looks later.
            Leave(directory, scan);
            return await ReadTreeAsync(directory, cancellationToken);
        }
        catch
        {
            // Whatever it was, the next one starts from what is on the disk.
            (_isOpen, _tree) = (false, null);
            _seen.Clear();
            if (patience.IsCancellationRequested)
                _pausedUntil = _time.GetUtcNow() + Pause;
            throw;
        }
        finally
        {
            _index.Release();
        }
    }

    private void Leave(string directory, SharedScan scan)
    {
        lock (_lock)
        {
            if (_waiting.TryGetValue(directory, out var current) && current == scan)
                _waiting.Remove(directory);
        }
    }

    private async Task<string> ReadTreeAsync(string directory, CancellationToken cancellationToken)
    {
        if (_time.GetUtcNow() < _pausedUntil)
            throw new GitException($"the last look took longer than {LookLimit.TotalSeconds} s; the next is after {_pausedUntil:O}");
        if (!_isOpen)
            await _home.OpenAsync(cancellationToken);
        _isOpen = true;

        // 1. Is anything not as it was at the last look? Mostly nothing, and then this is all.
        var seen = _seen.GetValueOrDefault(directory, SeenDirectory.Never);
        var trustedBefore = _time.GetUtcNow() - Tick;
        var stamp = seen.AlwaysAskGit ? null : ReadStamp(directory, seen.Ignored);
        if (_tree is not null && stamp is not null && stamp == seen.Stamp)
            return _tree;

        // 2. What is not as the index has it?
        var listing = await ListAsync(directory, cancellationToken);
        if (!listing.IsSuccess)
        {
            // An index is only what git remembers; without it, git looks at the files themselves.
            _tree = null;
            _home.Reset();
            listing = await ListAsync(directory, cancellationToken);
        }

        var changes = FindCandidates(listing.Require("ls-files"));

        // 3. Stage it.
        if (changes.Count > 0)
        {
            _tree = null;
            await StageAsync(directory, changes, cancellationToken);
        }

        // 4. Write the tree. Objects that the user's repository has not fetched are its own affair.
        _tree ??= (await RunAsync(directory, ["write-tree", "--missing-ok"], default, cancellationToken)).Require("write-tree").Trim();

        // The stamp is from before the look: what changed during it will differ from it the next time.
        _seen[directory] = await RememberAsync(directory, seen, stamp, trustedBefore, cancellationToken);
        return _tree;
    }

    private async Task<SeenDirectory> RememberAsync(
        string directory, SeenDirectory seen, WorktreeStamp? stamp, DateTimeOffset trustedBefore, CancellationToken cancellationToken)
    {
        if (seen.AlwaysAskGit)
            return seen;
        if (stamp is { } now && (seen.Ignored.Count == 0 || now.Rules == seen.Rules))
            return seen with { Stamp = now.Newest < trustedBefore ? now : null };

        // There are too many files to look at, or rules changed on which it depends what need not be looked at.
        return await FindIgnoredAsync(directory, cancellationToken) is { } ignored && ReadStamp(directory, ignored) is { } after
            ? new SeenDirectory(null, after.NewestRule < trustedBefore ? after.Rules : null, ignored, AlwaysAskGit: false)
            : seen with { AlwaysAskGit = true };
    }

    private WorktreeStamp? ReadStamp(string directory, IReadOnlySet<string> ignored) =>
        WorktreeStamp.Read(directory, _home.RuleFiles(directory), ignored, _home.OwnData);

    /// <summary>
    /// The directories that git leaves out because a rule names them, and not because all that is in them is left out; null where git
    /// does not say.
    /// </summary>
    private async Task<IReadOnlySet<string>?> FindIgnoredAsync(string directory, CancellationToken cancellationToken)
    {
        // Submodules are left alone: git would look into them with their own settings, which name programs.
        var status = await RunAsync(
            directory,
            ["status", "--porcelain", "-z", "--ignored=matching", "--untracked-files=normal", "--ignore-submodules=all", "--", "."],
            default,
            cancellationToken);
        return !status.IsSuccess
            ? null
            : status.Text.Split('\0', StringSplitOptions.RemoveEmptyEntries)
                .Where(static entry => entry.StartsWith("!! ", StringComparison.Ordinal) && entry.EndsWith('/'))
                .Select(entry => Path.Combine(_home.Worktree, entry[3..^1]))
                .ToHashSet(StringComparer.Ordinal);
    }

    private Task<GitResult> ListAsync(string directory, CancellationToken cancellationToken) => RunAsync(
        directory,
        ["ls-files", "-z", "-t", "--full-name", "--others", "--modified", "--deleted", .. _home.Ignores(), "--", "."],
        default,
        cancellationToken);

    private async Task StageAsync(string directory, List<string> paths, CancellationToken cancellationToken)
    {
        // Whoever held the lock is dead: we are the only ones, and a process of ours is gone before the next one starts.
        _home.RemoveIndexLock();
        string[] arguments = ["update-index", "-z", "--add", "--remove", "--replace", "--stdin"];
        var result = await RunAsync(_home.Worktree, arguments, Encode(paths), cancellationToken);
        if (result.IsSuccess)
            return;
        // One file that nobody may read spoils the others; without it they are still worth having.
        _home.RemoveIndexLock();
        var readable = paths.FindAll(path => CanRead(Path.Combine(_home.Worktree, path)));
        if (readable.Count == paths.Count)
            result.Require("update-index");
        (await RunAsync(_home.Worktree, arguments, Encode(readable), cancellationToken)).Require("update-index");
    }

    /// <summary>What git lists as <c>tag path</c>, of which <c>?</c> means untracked: tracked files first, each once.</summary>
    private List<string> FindCandidates(string listing)
    {
        var tracked = new List<string>();
        var untracked = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in listing.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var path = entry[2..];
            // A name that is not text cannot be told to clients either.
            if (path.Contains('\uFFFD', StringComparison.Ordinal) || !known.Add(path) || _home.IsOwn(path))
                continue;
            if (entry[0] != '?')
                tracked.Add(path);
            // A directory is another repository.
            else if (!path.EndsWith('/') && !IsLarge(Path.Combine(_home.Worktree, path)))
                untracked.Add(path);
        }

        // Git refuses a file where it still knows a directory: what has gone must be told before what has come.
        return [.. tracked, .. untracked];
    }

    private Task<GitResult> RunAsync(
        string directory, IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, CancellationToken cancellationToken) =>
        GitProcess.RunAsync(_home.Command(directory, arguments) with { Input = input }, cancellationToken);

    private static byte[] Encode(List<string> paths) => Encoding.UTF8.GetBytes(string.Concat(paths.Select(static path => path + '\0')));

    private static bool IsLarge(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && file.LinkTarget is null && file.Length > LargeFile;
    }

    private static bool CanRead(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, LinkTarget: null })
                RegularFile.OpenUnlinked(path).Dispose();
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
