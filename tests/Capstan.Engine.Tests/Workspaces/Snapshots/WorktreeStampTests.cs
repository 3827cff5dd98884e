using Capstan.Engine.Workspaces;
using Capstan.Engine.Workspaces.Snapshots;
using Xunit;

namespace Capstan.Engine.Tests.Workspaces.Snapshots;

/// <summary>A look starts no git where no file changed, and misses no change because of that.</summary>
public sealed class WorktreeStampTests : IDisposable
{
    private readonly SnapshotSandbox _sandbox = new();
    private readonly SnapshotRepository _repository;

    public WorktreeStampTests() => _repository = _sandbox.Open(new LaterTime());

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task Where_no_file_changed_git_is_not_started()
    {
        _sandbox.Write("src/a.txt", "one\n");
        var tree = await TrackAsync();
        BreakGit();
        Assert.Equal(tree, await TrackAsync());

        _sandbox.Write("src/a.txt", "two\n");
        await Assert.ThrowsAnyAsync<IOException>(TrackAsync);
    }

    [Fact]
    public async Task A_file_that_changed_just_now_is_looked_at_again()
    {
        // By the system's clock the commit's files are new: they could change once more within the same tick.
        var repository = _sandbox.Open();
        await repository.TrackAsync(_sandbox.Worktree, Cancellation);
        BreakGit();
        await Assert.ThrowsAnyAsync<IOException>(() => repository.TrackAsync(_sandbox.Worktree, Cancellation));
    }

    [Fact]
    public async Task Whatever_changes_a_tree_is_seen()
    {
        _sandbox.Write("src/a.txt", "one\n");
        _sandbox.Write("src/b.txt", "one\n");
        _sandbox.Write("build/out.o", "x");
        var old = File.GetLastWriteTimeUtc(_sandbox.PathOf("src/a.txt"));
        (string Name, Action Change)[] changes =
        [
            ("nothing", static () => { }),
            ("the same size and time", () =>
            {
                _sandbox.Write("src/a.txt", "two\n");
                File.SetLastWriteTimeUtc(_sandbox.PathOf("src/a.txt"), old);
            }),
            ("executable", () => MakeExecutable(_sandbox.PathOf("src/a.txt"))),
            ("renamed", () => File.Move(_sandbox.PathOf("src/b.txt"), _sandbox.PathOf("src/c.txt"))),
            ("deleted", () => File.Delete(_sandbox.PathOf("src/c.txt"))),
            ("new directory", () => Directory.CreateDirectory(_sandbox.PathOf("src/new"))),
            ("new file in it", () => _sandbox.Write("src/new/d.txt", "d\n")),
            ("a link", () => File.CreateSymbolicLink(_sandbox.PathOf("src/link"), "a.txt")),
            ("the link leads elsewhere", () =>
            {
                File.Delete(_sandbox.PathOf("src/link"));
                File.CreateSymbolicLink(_sandbox.PathOf("src/link"), "b.txt");
            }),
            ("an ignored file", () => _sandbox.Write("build/more.o", "x")),
            ("no longer ignored", () => _sandbox.Write(".gitignore", "ignored.txt\n")),
            ("ignored in one directory", () => _sandbox.Write("src/.gitignore", "later.txt\n")),
            ("a file that is", () => _sandbox.Write("src/later.txt", "x\n")),
            ("not any more", () => File.Delete(_sandbox.PathOf("src/.gitignore"))),
        ];
        foreach (var (name, change) in changes)
        {
            await TrackAsync();
            change();
            Assert.True(_sandbox.ExpectedTree() == await TrackAsync(), name);
        }
    }

    [Fact]
    public async Task Rules_outside_of_the_directory_are_watched_as_well()
    {
        _sandbox.Write("sub/a.log", "x\n");
        _sandbox.Write("sub/a.txt", "x\n");
        var sub = _sandbox.PathOf("sub");
        Assert.Contains("sub/a.log", _sandbox.Files(await _repository.TrackAsync(sub, Cancellation)));

        File.AppendAllText(_sandbox.PathOf(".gitignore"), "*.new\n");
        _sandbox.Write("sub/b.new", "x\n");
        Assert.DoesNotContain("sub/b.new", _sandbox.Files(await _repository.TrackAsync(sub, Cancellation)));
        _sandbox.Write(".gitignore", "ignored.txt\nbuild/\n");
        Assert.Contains("sub/b.new", _sandbox.Files(await _repository.TrackAsync(sub, Cancellation)));

        _sandbox.Write("sub/c.other", "x\n");
        _sandbox.Write(".git/info/exclude", "*.other\n");
        Assert.DoesNotContain("sub/c.other", _sandbox.Files(await _repository.TrackAsync(sub, Cancellation)));
        _sandbox.Write(".git/info/exclude", "");
        Assert.Contains("sub/c.other", _sandbox.Files(await _repository.TrackAsync(sub, Cancellation)));
    }

    [Fact]
    public async Task Ignored_directories_may_hold_any_number_of_files()
    {
        Fill("build/deep", WorktreeStamp.MaxFiles + 1);
        _sandbox.Write("src/build/only.log", "x");
        _sandbox.Write("src/.gitignore", "*.log\n");
        var tree = await TrackAsync();
        Assert.Equal(tree, await TrackAsync());
        var place = BreakGit();
        Assert.Equal(tree, await TrackAsync());

        // None of these are as a rule names them: one is beside what is ignored, one in a directory of which only the content is.
        File.Delete(place.From);
        Directory.Move(place.To, place.From);
        _sandbox.Write("buildings/a.txt", "x\n");
        Assert.Contains("buildings/a.txt", _sandbox.Files(await TrackAsync()));
        _sandbox.Write(".gitignore", "ignored.txt\nbuild/deep/\n");
        await TrackAsync();
        await TrackAsync();
        _sandbox.Write("build/b.txt", "x\n");
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync());
        _sandbox.Write("src/build/c.txt", "x\n");
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync());
    }

    [Fact]
    public async Task With_too_many_files_git_is_asked_each_time()
    {
        Fill("src", WorktreeStamp.MaxFiles + 1);
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync());
        _sandbox.Write("src/1.txt", "changed\n");
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync());
        BreakGit();
        await Assert.ThrowsAnyAsync<IOException>(TrackAsync);
    }

    [Fact]
    public async Task Beside_a_repository_within_the_worktree_git_is_asked_each_time()
    {
        // What is checked out there is written in a file that is not in the worktree.
        Directory.CreateDirectory(_sandbox.PathOf("inner/.git"));
        await TrackAsync();
        BreakGit();
        await Assert.ThrowsAnyAsync<IOException>(TrackAsync);
    }

    [Fact]
    public async Task Programs_that_a_repository_within_the_worktree_names_are_not_started()
    {
        // Git looks into a repository that is part of this one with that one's settings, not with ours.
        var marker = _sandbox.PathOf("started");
        _sandbox.Write("inner/a.txt", "a\n");
        _sandbox.Git("init", "-q", "inner");
        _sandbox.Git("-C", "inner", "add", "-A");
        _sandbox.Git("-C", "inner", "-c", "user.email=a@b", "-c", "user.name=n", "commit", "-q", "-m", "first");
        _sandbox.Git("add", "inner");
        _sandbox.Git("-c", "user.email=a@b", "-c", "user.name=n", "commit", "-q", "-m", "second");
        _sandbox.Git("-C", "inner", "config", "filter.theirs.clean", $"touch '{marker}'; cat");
        _sandbox.Write("inner/.gitattributes", "* filter=theirs\n");
        _sandbox.Write("inner/a.txt", "b\n");

        await TrackAsync();
        await TrackAsync();

        Assert.False(File.Exists(marker));
    }

    [Fact]
    public async Task A_data_directory_in_the_worktree_does_not_count()
    {
        var data = _sandbox.PathOf("data");
        var repository = new SnapshotRepository(
            new SnapshotDirectory(GitRepository.Locate(_sandbox.Worktree)!, "project", data, "test"), new LaterTime());
        var tree = await repository.TrackAsync(_sandbox.Worktree, Cancellation);
        _sandbox.Write("data/capstan.db", "x");
        Directory.Move(Path.Combine(data, "snapshot"), Path.Combine(data, "elsewhere"));
        File.WriteAllText(Path.Combine(data, "snapshot"), "");
        Assert.Equal(tree, await repository.TrackAsync(_sandbox.Worktree, Cancellation));
    }

    private static void MakeExecutable(string path)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private Task<string> TrackAsync() => _repository.TrackAsync(_sandbox.Worktree, Cancellation);

    private void Fill(string directory, int count)
    {
        Directory.CreateDirectory(_sandbox.PathOf(directory));
        for (var i = 0; i < count; i++)
            File.WriteAllText(_sandbox.PathOf($"{directory}/{i}.txt"), "x\n");
    }

    /// <summary>Takes away what git works on: from now on it fails.</summary>
    private (string From, string To) BreakGit()
    {
        var place = _sandbox.SnapshotPath;
        var elsewhere = Path.Combine(_sandbox.Data, "elsewhere");
        Directory.Move(place, elsewhere);
        // Or it would begin again.
        File.WriteAllText(place, "");
        return (place, elsewhere);
    }

    /// <summary>For which all files of a test are old.</summary>
    private sealed class LaterTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddHours(1);
    }
}
