using Capstan.Contract;
using Capstan.Engine.Workspaces;
using Capstan.Engine.Workspaces.Snapshots;
using Xunit;

namespace Capstan.Engine.Tests.Workspaces.Snapshots;

public sealed class SnapshotRepositoryTests : IDisposable
{
    private readonly SnapshotSandbox _sandbox = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task A_tree_is_the_one_that_git_would_write()
    {
        var repository = _sandbox.Open();
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync(repository));

        _sandbox.Write("hello.txt", "changed\n");
        _sandbox.Write("deep/er/new file.txt", "new\n");
        _sandbox.Write("ä\"\n.txt", "odd name\n");
        File.CreateSymbolicLink(_sandbox.PathOf("link"), "hello.txt");
        _sandbox.Write("run.sh", "#!/bin/sh\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_sandbox.PathOf("run.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync(repository));

        File.Delete(_sandbox.PathOf("hello.txt"));
        Directory.Delete(_sandbox.PathOf("deep"), recursive: true);
        _sandbox.Write("deep", "a file now\n");
        File.Delete(_sandbox.PathOf("link"));
        _sandbox.Write("link/file.txt", "a directory now\n");
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync(repository));

        File.Delete(_sandbox.PathOf("deep"));
        _sandbox.Write("deep/again.txt", "a directory again\n");
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync(repository));
    }

    [Fact]
    public async Task An_unborn_branch_an_empty_directory_and_a_name_like_an_option_are_no_obstacle()
    {
        Directory.Delete(_sandbox.PathOf(".git"), recursive: true);
        _sandbox.Git("init", "-q");
        Directory.CreateDirectory(_sandbox.PathOf("empty"));
        _sandbox.Write("-rf", "x\n");
        _sandbox.Write(":(top)x", "y\n");
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync(_sandbox.Open()));
    }

    [Fact]
    public async Task Ignored_files_are_left_out_by_every_rule_that_git_knows_here()
    {
        _sandbox.Write(".git/info/exclude", "private.txt\n");
        _sandbox.Write("sub/.gitignore", "*.log\n");
        _sandbox.Write("ignored.txt", "x");
        _sandbox.Write("build/out.o", "x");
        _sandbox.Write("private.txt", "x");
        _sandbox.Write("sub/a.log", "x");
        _sandbox.Write("sub/a.txt", "x");
        // Known to the user's index, and yet ignored: left out as in OpenCode.
        _sandbox.Git("add", "-f", "ignored.txt");

        var tree = await TrackAsync(_sandbox.Open());

        Assert.Equal([".gitignore", "hello.txt", "sub/.gitignore", "sub/a.txt"], _sandbox.Files(tree));
    }

    [Fact]
    public async Task A_large_untracked_file_is_left_out_and_a_repository_within_too()
    {
        File.WriteAllBytes(_sandbox.PathOf("large.bin"), new byte[SnapshotRepository.LargeFile + 1]);
        File.WriteAllBytes(_sandbox.PathOf("fits.bin"), new byte[SnapshotRepository.LargeFile]);
        Directory.CreateDirectory(_sandbox.PathOf("inner"));
        _sandbox.Git("init", "-q", "inner");
        _sandbox.Write("inner/file.txt", "x");

        var tree = await TrackAsync(_sandbox.Open());

        Assert.Equal([".gitignore", "fits.bin", "hello.txt"], _sandbox.Files(tree));
    }

    [Fact]
    public async Task The_users_git_directory_is_only_read()
    {
        var before = _sandbox.UserGitState();
        var repository = _sandbox.Open();
        var first = await TrackAsync(repository);
        _sandbox.Write("hello.txt", "changed\n");
        _sandbox.Write("new.txt", "new\n");
        var second = await TrackAsync(repository);
        await repository.DiffAsync(first, second, _sandbox.Worktree, Cancellation);
        Assert.Equal(before, _sandbox.UserGitState());
    }

    [Fact]
    public async Task Only_the_directory_is_looked_at()
    {
        _sandbox.Write("sub/inside.txt", "1\n");
        var repository = _sandbox.Open();
        var sub = _sandbox.PathOf("sub");
        var before = await repository.TrackAsync(sub, Cancellation);
        _sandbox.Write("sub/inside.txt", "2\n");
        _sandbox.Write("outside.txt", "2\n");
        var after = await repository.TrackAsync(sub, Cancellation);
        Assert.Equal(["sub/inside.txt"], await repository.FindChangesAsync(before, after, sub, Cancellation));
        Assert.DoesNotContain("outside.txt", _sandbox.Files(after));
    }

    [Fact]
    public async Task Differences_read_as_OpenCode_writes_them()
    {
        _sandbox.Write("gone.txt", "a\nb\n");
        _sandbox.Write("data.bin", "a\0b");
        _sandbox.Write("becomes-link", "text\n");
        var repository = _sandbox.Open();
        var before = await TrackAsync(repository);
        _sandbox.Write("hello.txt", "line one\nline 2\nline three\n");
        _sandbox.Write("new.txt", "alpha\n");
        _sandbox.Write("empty.txt", "");
        _sandbox.Write("data.bin", "a\0c");
        _sandbox.Write("trap.txt", "diff --git a/x b/x\n@@ -1 +1 @@\n");
        File.Delete(_sandbox.PathOf("gone.txt"));
        File.Delete(_sandbox.PathOf("becomes-link"));
        File.CreateSymbolicLink(_sandbox.PathOf("becomes-link"), "hello.txt");
        var after = await TrackAsync(repository);

        var diffs = await repository.DiffAsync(before, after, _sandbox.Worktree, Cancellation);

        const string Rule = "===================================================================\n";
        static string Patch(string file, string hunks) => $"Index: {file}\n{Rule}--- {file}\t\n+++ {file}\t\n{hunks}";
        Assert.Equal(
            [
                Diff("becomes-link", 1, 1, "modified", Patch(
                    "becomes-link", "@@ -1,1 +0,0 @@\n-text\n@@ -0,0 +1,1 @@\n+hello.txt\n\\ No newline at end of file\n")),
                Diff("data.bin", 0, 0, "modified", ""),
                Diff("empty.txt", 0, 0, "added", Patch("empty.txt", "")),
                Diff("gone.txt", 0, 2, "deleted", Patch("gone.txt", "@@ -1,2 +0,0 @@\n-a\n-b\n")),
                Diff("hello.txt", 1, 1, "modified", Patch(
                    "hello.txt", "@@ -1,3 +1,3 @@\n line one\n-line two\n+line 2\n line three\n")),
                Diff("new.txt", 1, 0, "added", Patch("new.txt", "@@ -0,0 +1,1 @@\n+alpha\n")),
                Diff("trap.txt", 2, 0, "added", Patch("trap.txt", "@@ -0,0 +1,2 @@\n+diff --git a/x b/x\n+@@ -1 +1 @@\n")),
            ],
            diffs);
    }

    [Fact]
    public async Task A_patch_that_does_not_fit_is_left_out_but_counted()
    {
        var repository = _sandbox.Open();
        var before = await TrackAsync(repository);
        var megabyte = string.Concat(Enumerable.Repeat(new string('x', 1023) + "\n", 1024));
        for (var i = 10; i < 20; i++)
            _sandbox.Write($"big-{i}.txt", megabyte);
        var after = await TrackAsync(repository);

        var diffs = await repository.DiffAsync(before, after, _sandbox.Worktree, Cancellation);

        Assert.Equal(10, diffs.Count);
        Assert.All(diffs, static diff => Assert.Equal(1024, diff.Additions));
        Assert.NotEqual("", diffs[0].Patch);
        Assert.Equal("", diffs[^1].Patch);
    }

    [Fact]
    public async Task Bytes_are_kept_as_they_are()
    {
        _sandbox.Write(".gitattributes", "* text=auto eol=lf\n*.up filter=upper\n");
        _sandbox.Write("crlf.txt", "a\r\nb\r\n");
        _sandbox.Write("x.up", "lower");
        var tree = await TrackAsync(_sandbox.Open());
        var blob = _sandbox.Git("--git-dir", _sandbox.SnapshotPath, "cat-file", "blob", $"{tree}:crlf.txt");
        Assert.Equal("a\r\nb\r\n", blob);
    }

    [Fact]
    public async Task Sessions_in_one_worktree_share_the_index_without_harm()
    {
        var repository = _sandbox.Open();
        await Parallel.ForEachAsync(Enumerable.Range(0, 24), Cancellation, async (number, cancellation) =>
        {
            _sandbox.Write($"file-{number}.txt", $"{number}\n");
            var tree = await repository.TrackAsync(_sandbox.Worktree, cancellation);
            // Whoever asks after a change sees it, even if others looked at the same time.
            Assert.Contains($"file-{number}.txt", _sandbox.Files(tree));
        });
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync(repository));
    }

    [Fact]
    public async Task One_that_gives_up_does_not_spoil_it_for_the_others()
    {
        var repository = _sandbox.Open();
        using var impatient = new CancellationTokenSource();
        var given = repository.TrackAsync(_sandbox.Worktree, impatient.Token);
        var waiting = TrackAsync(repository);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal(_sandbox.ExpectedTree(), await waiting);

        using var alone = new CancellationTokenSource();
        given = repository.TrackAsync(_sandbox.Worktree, alone.Token);
        await alone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync(repository));
    }

    [Fact]
    public async Task What_a_killed_process_left_does_not_stop_the_next()
    {
        await TrackAsync(_sandbox.Open());
        var index = Directory.GetFiles(_sandbox.SnapshotPath, "index-*").Single();
        File.WriteAllText(index + ".lock", "half an index");
        _sandbox.Write("new.txt", "new\n");

        var next = _sandbox.Open();
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync(next));

        // And within one server: a process of our own was killed in the middle.
        index = Directory.GetFiles(_sandbox.SnapshotPath, "index-*").Single();
        File.WriteAllText(index + ".lock", "half an index");
        _sandbox.Write("newer.txt", "new\n");
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync(next));
    }

    [Fact]
    public async Task A_change_within_the_second_of_the_last_look_and_of_the_same_size_is_seen()
    {
        var repository = _sandbox.Open();
        var seen = new HashSet<string> { await TrackAsync(repository) };
        for (var i = 10; i < 20; i++)
        {
            _sandbox.Write("hello.txt", $"{i}\n");
            Assert.True(seen.Add(await TrackAsync(repository)));
        }
    }

    [Fact]
    public async Task An_index_that_cannot_be_used_is_made_anew()
    {
        var repository = _sandbox.Open();
        var tree = await TrackAsync(repository);
        File.WriteAllText(Directory.GetFiles(_sandbox.SnapshotPath, "index-*").Single(), "no index");
        Assert.Equal(tree, await TrackAsync(repository));
    }

    [Fact]
    public async Task A_directory_that_was_deleted_is_made_again()
    {
        var repository = _sandbox.Open();
        var tree = await TrackAsync(repository);
        Directory.Delete(_sandbox.SnapshotPath, recursive: true);
        Assert.Equal(tree, await TrackAsync(repository));
    }

    [Fact]
    public async Task A_users_index_that_means_nothing_elsewhere_is_not_used()
    {
        // A split index keeps its entries in a second file beside it.
        _sandbox.Git("update-index", "--split-index");
        Assert.Equal(_sandbox.ExpectedTree(), await TrackAsync(_sandbox.Open()));
    }

    [Fact]
    public async Task A_file_that_nobody_may_read_does_not_spoil_the_others()
    {
        _sandbox.Write("secret.txt", "x");
        _sandbox.Write("open.txt", "x");
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(_sandbox.PathOf("secret.txt"), UnixFileMode.None);
        Assert.Contains("open.txt", _sandbox.Files(await TrackAsync(_sandbox.Open())));
    }

    [Fact]
    public async Task A_data_directory_within_the_worktree_is_not_part_of_it()
    {
        var repository = new SnapshotRepository(
            new SnapshotDirectory(GitRepository.Locate(_sandbox.Worktree)!, "project", _sandbox.PathOf("data"), "test"),
            TimeProvider.System);
        var tree = await TrackAsync(repository);
        Assert.Equal(tree, await TrackAsync(repository));
    }

    private Task<string> TrackAsync(SnapshotRepository repository) => repository.TrackAsync(_sandbox.Worktree, Cancellation);

    private static FileDiff Diff(string file, int additions, int deletions, string status, string patch) =>
        new(additions, deletions) { File = file, Status = status, Patch = patch };
}
