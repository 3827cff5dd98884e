using System.Diagnostics.CodeAnalysis;
using System.Text;
using Capstan.Contract;
using Capstan.Engine.Files;

namespace Capstan.Engine.Workspaces.Snapshots;

/// <summary>
/// The snapshots of one worktree, as git trees in a git directory of Capstan's own that shares the user's objects.
/// </summary>
/// <remarks>
/// A look finds the tree of a directory as its files are now.
/// <code>
///   asked ──► queued for the index (shared with later callers) ──► looking ──► tree
///                                                                     │ the system says that no file changed: the last tree
///                                                                     │ git says that nothing changed: the last tree (1 process)
///                                                                     │ files changed: stage, write the tree (3 processes)
/// </code>
/// Invariants: one look at a time uses the index; a caller gets a look that began after the caller asked; the user's
/// git directory is only read.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "It lives as long as the server; its semaphore never makes a handle.")]
internal sealed class SnapshotRepository
{
    /// <summary>In bytes: untracked files that are larger are left out (as in OpenCode).</summary>
    public const long LargeFile = 2 * 1024 * 1024;

    // A look that takes longer costs more than its tree is worth: the step goes on without a tree.
    private static readonly TimeSpan LookLimit = TimeSpan.FromSeconds(60);
    // After a look that took too long, the next look would most likely take as long, so for this time none is taken.
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan DiffLimit = TimeSpan.FromSeconds(20);
    // A file that changes twice within one tick of its file system's clock
    // looks as if it had changed once. FAT has the longest tick.
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(2);

    private readonly SnapshotDirectory _home;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _index = new(1, 1);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SharedScan> _waiting = [];
    // One look at a time uses this dictionary, as it does the index.
    private readonly Dictionary<string, SeenDirectory> _seen = [];
    private DateTimeOffset _pausedUntil;
    private bool _isOpen;
    private string? _tree;

    /// <summary>Prepares a repository; the first look makes its directory.</summary>
    public SnapshotRepository(SnapshotDirectory home, TimeProvider time)
    {
        _home = home;
        _time = time;
    }

    /// <summary>Finds the tree of the worktree as it is now, or at a moment after this call.</summary>
    /// <param name="directory">
    /// The directory within the worktree to look at; elsewhere the tree is as the last look there saw it.
    /// </param>
    /// <param name="cancellationToken">Stops this call. The look itself is stopped if no other caller wants it.</param>
    /// <exception cref="GitException">Git could not make a tree.</exception>
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

    /// <summary>The path of the snapshots' git directory.</summary>
    public string Location => _home.Location;

    /// <summary>Runs a function while no look uses the repository.</summary>
    public async Task<T> ExclusivelyAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        await _index.WaitAsync(cancellationToken);
        try
        {
            // The function may delete objects of the known tree.
            _tree = null;
            return await work(cancellationToken);
        }
        finally
        {
            _index.Release();
        }
    }

    /// <summary>Finds the paths that differ between two trees, relative to the worktree.</summary>
    public async Task<IReadOnlyList<string>> FindChangesAsync(
        string before, string after, string directory, CancellationToken cancellationToken)
    {
        var result = await DiffAsync(
            directory, ["-r", "-z", "--name-only", "--no-renames", before, after, "--", "."], int.MaxValue / 8, cancellationToken);
        return result.Require("diff-tree").Split('\0', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Finds the differences between two trees. Each patch has the whole text of its file as context.</summary>
    public async Task<IReadOnlyList<FileDiff>> DiffAsync(
        string before, string after, string directory, CancellationToken cancellationToken)
    {
        var result = await DiffAsync(
            directory,
            [
                "-r", "-z", "--raw", "--numstat", "-p", "-U1000000", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv",
                before, after, "--", ".",
            ],
            GitPatch.OutputLimit,
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
        // Starting git takes a while, during which the caller can call its model.
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
            // From here on files may change after the look has read them, so later callers must start a look of their own.
            Leave(directory, scan);
            return await ReadTreeAsync(directory, cancellationToken);
        }
        catch
        {
            // The state after a failure is unknown, so the next look starts from what is on the disk.
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

        // 1. Does the system say that any file changed since the last look? Mostly none did, and the look ends here.
        var seen = _seen.GetValueOrDefault(directory, SeenDirectory.Never);
        var trustedBefore = _time.GetUtcNow() - Tick;
        var stamp = seen.AlwaysAskGit ? null : ReadStamp(directory, seen.Ignored);
        if (_tree is not null && stamp is not null && stamp == seen.Stamp)
            return _tree;

        // 2. Which files differ from the index?
        var listing = await ListAsync(directory, cancellationToken);
        if (!listing.IsSuccess)
        {
            // An index only saves time: without it, git reads the files themselves.
            _tree = null;
            _home.Reset();
            listing = await ListAsync(directory, cancellationToken);
        }

        var changes = FindCandidates(listing.Require("ls-files"));

        // 3. Stage the files that differ.
        if (changes.Count > 0)
        {
            _tree = null;
            await StageAsync(directory, changes, cancellationToken);
        }

        // 4. Write the tree. Objects may be missing that the user's repository has not fetched, as in partial clones.
        _tree ??= (await RunAsync(directory, ["write-tree", "--missing-ok"], default, cancellationToken)).Require("write-tree").Trim();

        // The stamp is from before the look, so that files which changed during the look differ from it at the next look.
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

        // Either there are too many files for a stamp, or the rules changed that say which directories are left out.
        return await FindIgnoredAsync(directory, cancellationToken) is { } ignored && ReadStamp(directory, ignored) is { } after
            ? new SeenDirectory(null, after.NewestRule < trustedBefore ? after.Rules : null, ignored, AlwaysAskGit: false)
            : seen with { AlwaysAskGit = true };
    }

    private WorktreeStamp? ReadStamp(string directory, IReadOnlySet<string> ignored) =>
        WorktreeStamp.Read(directory, _home.RuleFiles(directory), ignored, _home.OwnData);

    /// <summary>
    /// Finds the directories that git leaves out because a rule names them, and
    /// not because each file in them is left out. Null where git fails.
    /// </summary>
    private async Task<IReadOnlySet<string>?> FindIgnoredAsync(string directory, CancellationToken cancellationToken)
    {
        // Submodules are ignored: git would look into them with their own settings, which can name programs to run.
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
        // Only a dead process can have left a lock: no other server uses this directory, and
        // each git process of this server ends before the next one starts.
        _home.RemoveIndexLock();
        string[] arguments = ["update-index", "-z", "--add", "--remove", "--replace", "--stdin"];
        var result = await RunAsync(_home.Worktree, arguments, Encode(paths), cancellationToken);
        if (result.IsSuccess)
            return;
        // One file that cannot be read makes git refuse all; the others are then staged without it.
        _home.RemoveIndexLock();
        var readable = paths.FindAll(path => CanRead(Path.Combine(_home.Worktree, path)));
        if (readable.Count == paths.Count)
            result.Require("update-index");
        (await RunAsync(_home.Worktree, arguments, Encode(readable), cancellationToken)).Require("update-index");
    }

    /// <summary>
    /// Reads git's list of <c>tag path</c>, in which the tag <c>?</c>
    /// means untracked. Returns tracked files first, each path once.
    /// </summary>
    private List<string> FindCandidates(string listing)
    {
        var tracked = new List<string>();
        var untracked = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in listing.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var path = entry[2..];
            // A name that is not UTF-8 cannot be sent to clients either.
            if (path.Contains('\uFFFD', StringComparison.Ordinal) || !known.Add(path) || _home.IsOwn(path))
                continue;
            if (entry[0] != '?')
                tracked.Add(path);
            // Git lists an untracked directory with a slash where it is a repository of its own.
            else if (!path.EndsWith('/') && !IsLarge(Path.Combine(_home.Worktree, path)))
                untracked.Add(path);
        }

        // Git refuses a file in place of a directory that it still knows, so
        // the removal of tracked files must come before new files.
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
