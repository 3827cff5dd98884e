using System.Net;
using System.Runtime.Versioning;
using System.Text.Json;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Files;

/// <summary>What clients are told of a checkout, compared with what git itself says.</summary>
public sealed class VersionRouteTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_branch_and_the_default_branch_are_told()
    {
        await using var server = await FilesServer.StartAsync();

        Assert.Equal("""{"branch":"main","default_branch":"main"}""", await VcsAsync(server));
        await server.GitAsync("checkout", "--quiet", "-b", "feature/x");
        await server.GitAsync("tag", "feature/x");
        Assert.Equal("""{"branch":"feature/x","default_branch":"main"}""", await VcsAsync(server));
        await server.GitAsync("branch", "trunk", "refs/heads/feature/x");
        await server.GitAsync("config", "init.defaultBranch", "trunk");
        Assert.Equal("""{"branch":"feature/x","default_branch":"trunk"}""", await VcsAsync(server));
        foreach (var remote in new[] { "another", "origin" })
        {
            await server.GitAsync("update-ref", $"refs/remotes/{remote}/of-{remote}", "HEAD");
            await server.GitAsync("symbolic-ref", $"refs/remotes/{remote}/HEAD", $"refs/remotes/{remote}/of-{remote}");
        }

        Assert.Equal("""{"branch":"feature/x","default_branch":"of-origin"}""", await VcsAsync(server));
        await server.GitAsync("checkout", "--quiet", "--detach");
        Assert.Equal("""{"default_branch":"of-origin"}""", await VcsAsync(server));
    }

    [Fact]
    public async Task Without_a_repository_there_is_nothing_to_tell()
    {
        await using var server = await FilesServer.StartAsync();

        Assert.Equal("{}", (await server.GetAsync("/vcs", server.Outside)).GetRawText());
        foreach (var path in new[] { "/vcs/status", "/vcs/diff?mode=git", "/vcs/diff?mode=branch", "/file/status" })
            Assert.Equal("[]", (await server.GetAsync(path, server.Outside)).GetRawText());
    }

    [Fact]
    public async Task Files_are_modified_added_or_deleted_by_so_many_lines()
    {
        await using var server = await ChangedAsync();

        Assert.Equal(
            [
                ("added.txt", 2, 0, "added"), ("binary.dat", 0, 0, "modified"), ("deleted.txt", 0, 3, "deleted"), ("empty.txt", 0, 0, "added"),
                ("link", 1, 0, "added"), ("modified.txt", 2, 1, "modified"), ("new.dat", 0, 0, "added"), ("nowhere.txt", 0, 1, "deleted"),
                ("renamed.txt", 1, 0, "added"), ("staged.txt", 1, 0, "added"), ("sub/deep.txt", 1, 1, "modified"),
            ],
            Changes(await server.GetAsync("/vcs/status"), "file", "additions", "deletions"));
        Assert.All((await server.GetAsync("/vcs/status")).EnumerateArray(), static file => Assert.False(file.TryGetProperty("patch", out _)));
    }

    [Fact]
    public async Task In_a_directory_of_the_checkout_only_its_own_files_are_told()
    {
        await using var server = await ChangedAsync();
        var sub = server.Server.Workspace.PathOf("sub");

        Assert.Equal([("sub/deep.txt", 1, 1, "modified")], Changes(await server.GetAsync("/vcs/status", sub), "file", "additions", "deletions"));
        Assert.Equal([("deep.txt", 1, 1, "modified")], Changes(await server.GetAsync("/file/status", sub), "path", "added", "removed"));
        Assert.Equal(11, (await server.GetAsync("/file/status")).GetArrayLength());
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Patches_are_gits_own_and_those_of_new_files_are_as_git_would_write_them()
    {
        await using var server = await ChangedAsync();
        server.Write("run.sh", "#!/bin/sh\necho");
        File.SetUnixFileMode(server.Server.Workspace.PathOf("run.sh"), (UnixFileMode)0x1ED);
        server.Write("odd \"name\"\t\n.txt", "x\n");

        var patches = (await server.GetAsync("/vcs/diff?mode=git")).EnumerateArray()
            .ToDictionary(static file => file.GetProperty("file").GetString()!, static file => file.GetProperty("patch").GetString()!);

        Assert.Equal(await server.GitAsync("diff", "HEAD", "--no-renames", "--", "modified.txt"), patches["modified.txt"]);
        Assert.Equal(await server.GitAsync("diff", "HEAD", "--no-renames", "--", "deleted.txt"), patches["deleted.txt"]);
        // Git itself compares them once it knows of them. It also tells the names of their contents, for which it has to store them.
        await server.GitAsync("add", "--intent-to-add", ".");
        foreach (var path in new[] { "added.txt", "new.dat", "empty.txt", "run.sh", "odd \"name\"\t\n.txt", "link" })
        {
            var expected = (await server.GitAsync("diff", "--", path)).Split('\n').Where(static line => !line.StartsWith("index ", StringComparison.Ordinal));
            Assert.Equal(string.Join('\n', expected), patches[path]);
        }
    }

    [Fact]
    public async Task Patches_have_as_much_context_as_is_asked_for()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string> { ["a.txt"] = "1\n2\n3\n4\n5\n6\n7\n8\n9\n" });
        server.Write("a.txt", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n");

        Assert.Contains("@@ -2,7 +2,7 @@", await PatchAsync(server, ""), StringComparison.Ordinal);
        Assert.Contains("@@ -5 +5 @@", await PatchAsync(server, "&context=0"), StringComparison.Ordinal);
        Assert.Contains("@@ -1,9 +1,9 @@", await PatchAsync(server, "&context=2147483647"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_raw_patch_makes_the_same_files_of_what_was_committed()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string>
        {
            ["modified.txt"] = "a\nb\n", ["deleted.txt"] = "x\n", ["sub/y.txt"] = "y\n",
        });
        server.Write("modified.txt", "a\nB\nc");
        File.Delete(server.Server.Workspace.PathOf("deleted.txt"));
        server.Write("sub/new \"file\".txt", "ü\n\nlast");
        server.Link("link", "modified.txt");

        using var answer = await server.Server.Http.GetAsync(new Uri("/vcs/diff/raw", UriKind.Relative), Cancelled);
        var patch = Path.Combine(server.Outside, "raw.patch");
        await File.WriteAllBytesAsync(patch, await answer.Content.ReadAsByteArrayAsync(Cancelled), Cancelled);
        var copy = Path.Combine(server.Outside, "copy");
        await server.GitAsync("clone", "--quiet", ".", copy);
        await server.GitAsync("-C", copy, "apply", patch);

        Assert.Equal("text/x-diff; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        foreach (var path in new[] { "modified.txt", "sub/new \"file\".txt", "sub/y.txt" })
            Assert.Equal(server.Server.Workspace.Read(path), await File.ReadAllTextAsync(Path.Combine(copy, path), Cancelled));
        Assert.False(File.Exists(Path.Combine(copy, "deleted.txt")));
        Assert.Equal("modified.txt", new FileInfo(Path.Combine(copy, "link")).LinkTarget);
    }

    [Fact]
    public async Task A_branch_is_compared_with_where_it_left_the_default_branch()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string> { ["shared.txt"] = "s\n", ["main.txt"] = "m\n" });
        await server.GitAsync("checkout", "--quiet", "-b", "feature");
        server.Write("committed.txt", "c\n");
        await server.GitAsync("add", "committed.txt");
        await server.GitAsync("commit", "--quiet", "--message", "feature");
        await server.GitAsync("checkout", "--quiet", "main");
        server.Write("main.txt", "later\n");
        await server.GitAsync("commit", "--quiet", "--all", "--message", "later");
        await server.GitAsync("checkout", "--quiet", "feature");
        server.Write("untracked.txt", "u\n");

        Assert.Equal(
            [("committed.txt", 1, 0, "added"), ("untracked.txt", 1, 0, "added")],
            Changes(await server.GetAsync("/vcs/diff?mode=branch"), "file", "additions", "deletions"));
        Assert.Equal([("untracked.txt", 1, 0, "added")], Changes(await server.GetAsync("/vcs/diff?mode=git"), "file", "additions", "deletions"));
    }

    [Fact]
    public async Task Before_the_first_commit_all_files_are_new()
    {
        await using var server = await FilesServer.StartAsync();
        var fresh = Path.Combine(server.Outside, "fresh");
        Directory.CreateDirectory(fresh);
        await server.GitAsync("-C", fresh, "init", "--quiet", "--initial-branch=first");
        await File.WriteAllTextAsync(Path.Combine(fresh, "staged.txt"), "s\n", Cancelled);
        await server.GitAsync("-C", fresh, "add", "staged.txt");
        await File.WriteAllTextAsync(Path.Combine(fresh, "untracked.txt"), "u", Cancelled);

        Assert.Equal("""{"branch":"first"}""", (await server.GetAsync("/vcs", fresh)).GetRawText());
        Assert.Equal(
            [("staged.txt", 1, 0, "added"), ("untracked.txt", 1, 0, "added")],
            Changes(await server.GetAsync("/vcs/diff?mode=git", fresh), "file", "additions", "deletions"));
        Assert.Equal("[]", (await server.GetAsync("/vcs/diff?mode=branch", fresh)).GetRawText());
    }

    [Fact]
    public async Task A_file_in_conflict_is_modified_and_does_not_mix_up_the_others()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string> { ["a.txt"] = "a\n", ["z.txt"] = "z\n" });
        await server.GitAsync("checkout", "--quiet", "-b", "other");
        server.Write("a.txt", "theirs\n");
        await server.GitAsync("commit", "--quiet", "--all", "--message", "theirs");
        await server.GitAsync("checkout", "--quiet", "main");
        server.Write("a.txt", "ours\n");
        await server.GitAsync("commit", "--quiet", "--all", "--message", "ours");
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.GitAsync("merge", "other"));
        server.Write("z.txt", "z\nmore\n");

        var diffs = await server.GetAsync("/vcs/diff?mode=git");

        Assert.Equal([("a.txt", 4, 0, "modified"), ("z.txt", 1, 0, "modified")], Changes(diffs, "file", "additions", "deletions"));
        Assert.Contains("+<<<<<<< HEAD", diffs[0].GetProperty("patch").GetString(), StringComparison.Ordinal);
        Assert.Contains("+more", diffs[1].GetProperty("patch").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repository_within_this_one_is_one_entry_without_a_patch()
    {
        await using var server = await FilesServer.StartAsync();
        server.Write("inner/a.txt", "a\n");
        await server.GitAsync("-C", "inner", "init", "--quiet");

        var file = Assert.Single((await server.GetAsync("/vcs/diff?mode=git")).EnumerateArray());

        Assert.Equal("inner/", file.GetProperty("file").GetString());
        Assert.False(file.TryGetProperty("patch", out _));
    }

    [Fact]
    public async Task Patches_beyond_8_MiB_are_left_out_and_their_files_are_not()
    {
        await using var server = await FilesServer.StartAsync();
        var line = new string('x', 99) + "\n";
        foreach (var name in new[] { "a.txt", "b.txt" })
            server.Write(name, string.Concat(Enumerable.Repeat(line, 50_000)));

        var diffs = await server.GetAsync("/vcs/diff?mode=git");

        Assert.Equal([("a.txt", 50_000, 0, "added"), ("b.txt", 50_000, 0, "added")], Changes(diffs, "file", "additions", "deletions"));
        Assert.True(diffs[0].TryGetProperty("patch", out _));
        Assert.False(diffs[1].TryGetProperty("patch", out _));
    }

    [Theory]
    [InlineData("/vcs/diff", "Missing key", "mode")]
    [InlineData("/vcs/diff?mode=other", "\"git\" | \"branch\"", "mode")]
    [InlineData("/vcs/diff?mode=git&context=-1", "whole number from 0", "context")]
    [InlineData("/vcs/diff?mode=git&context=x", "whole number from 0", "context")]
    public async Task Wrong_parameters_are_refused_with_what_is_wrong_and_where(string path, string what, string where)
    {
        await using var server = await FilesServer.StartAsync();

        await server.RefusesAsync(path, what, where);
    }

    [Fact]
    public async Task A_file_at_which_git_would_wait_for_ever_is_named()
    {
        await using var server = await FilesServer.StartAsync();
        SpecialFile.Put(server.Server.Workspace.PathOf(".git/index"), "pipe");

        foreach (var path in new[] { "/vcs/status", "/vcs/diff?mode=git", "/vcs/diff/raw", "/file/status" })
        {
            var message = await server.RefusedAsync(path, HttpStatusCode.InternalServerError, "UnknownError");
            Assert.Contains(".git/index", message, StringComparison.Ordinal);
        }

        // Clients ask this when they start.
        Assert.Equal("{}", await VcsAsync(server));
    }

    [Fact]
    public async Task A_repository_cannot_name_another_directory_for_its_files()
    {
        await using var server = await FilesServer.StartAsync();
        foreach (var other in new[] { server.Outside, Path.GetDirectoryName(server.Server.Directory)! })
        {
            await server.GitAsync("config", "core.worktree", other);

            await server.RefusedAsync("/vcs/status", HttpStatusCode.InternalServerError, "UnknownError");
        }
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Programs_that_a_repository_names_for_looking_and_comparing_are_not_run()
    {
        await using var server = await FilesServer.StartAsync(new Dictionary<string, string> { ["a.txt"] = "a\n", [".gitattributes"] = "*.txt diff=mine\n" });
        var trace = Path.Combine(server.Outside, "trace");
        var program = Path.Combine(server.Outside, "program");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\necho ran >> '{trace}'\n", Cancelled);
        File.SetUnixFileMode(program, (UnixFileMode)0x1ED);
        foreach (var setting in new[] { "core.fsmonitor", "diff.external", "diff.mine.command", "diff.mine.textconv" })
            await server.GitAsync("config", setting, program);
        server.Write("a.txt", "b\n");

        Assert.Contains("+b", await PatchAsync(server, ""), StringComparison.Ordinal);

        Assert.False(File.Exists(trace), "A program of the repository was run.");
    }

    private static async Task<FilesServer> ChangedAsync()
    {
        var server = await FilesServer.StartAsync(new Dictionary<string, string>
        {
            [".gitignore"] = "*.log\n", ["modified.txt"] = "one\ntwo\nthree\n", ["deleted.txt"] = "1\n2\n3\n", ["same.txt"] = "same\n",
            ["binary.dat"] = "\0binary", ["nowhere.txt"] = "n\n", ["sub/deep.txt"] = "deep\n",
        });
        server.Write("modified.txt", "one\n2\nthree\nfour\n");
        File.Delete(server.Server.Workspace.PathOf("deleted.txt"));
        server.Write("added.txt", "first\nlast");
        server.Write("empty.txt", "");
        server.Write("ignored.log", "ignored\n");
        server.Write("binary.dat", "\0changed");
        server.Write("new.dat", "\0new\n");
        server.Write("sub/deep.txt", "changed\n");
        server.Write("staged.txt", "staged\n");
        server.Link("link", "modified.txt");
        await server.GitAsync("add", "staged.txt");
        await server.GitAsync("mv", "nowhere.txt", "renamed.txt");
        return server;
    }

    private static async Task<string> VcsAsync(FilesServer server) => (await server.GetAsync("/vcs")).GetRawText();

    private static async Task<string> PatchAsync(FilesServer server, string context) =>
        Assert.Single((await server.GetAsync($"/vcs/diff?mode=git{context}")).EnumerateArray()).GetProperty("patch").GetString()!;

    private static List<(string File, int Additions, int Deletions, string Status)> Changes(JsonElement files, string path, string added, string removed) =>
        [.. files.EnumerateArray().Select(file => (
            file.GetProperty(path).GetString()!, file.GetProperty(added).GetInt32(), file.GetProperty(removed).GetInt32(), file.GetProperty("status").GetString()!))];
}
