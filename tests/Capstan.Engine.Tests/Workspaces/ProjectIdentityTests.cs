using System.Diagnostics;
using Capstan.Engine.Workspaces;
using Xunit;

namespace Capstan.Engine.Tests.Workspaces;

public sealed class ProjectIdentityTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("capstan-project-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("https://user:pw@Host.COM:8443/a/b.git", "host.com/a/b")]
    [InlineData("ssh://git@h.com/x/y/", "h.com/x/y")]
    [InlineData("git@GitHub.com:me/Repo.git", "github.com/me/Repo")]
    [InlineData("git@h.com:/me/repo.git/", "h.com/me/repo")]
    [InlineData("h.com:z/q.git", null)]
    [InlineData("file:///x", null)]
    [InlineData("/local/path", null)]
    [InlineData("", null)]
    public void One_repository_has_one_name_however_its_address_is_written(string address, string? name) =>
        Assert.Equal(name, GitRemote.Normalise(address));

    [Fact]
    public void The_identifier_is_the_one_that_OpenCode_computes() =>
        Assert.Equal("fbf0ed87f54e9736892e0ac3b84b80ff4b9c2ff3", GitRemote.ProjectID("git@GitHub.com:me/Repo.git"));

    [Fact]
    public async Task Outside_of_a_repository_it_is_global_at_the_root() =>
        Assert.Equal(new ProjectIdentity("global", "/", "/", false), await FindAsync(Path.Combine(_root, "not", "there")));

    [Fact]
    public async Task Without_a_commit_it_is_global_in_its_own_directory()
    {
        Git("init", "-q");
        Assert.Equal(new ProjectIdentity("global", _root, _root, true), await FindAsync(_root));
    }

    [Fact]
    public async Task The_first_commit_names_it_then_what_OpenCode_left_then_the_remote()
    {
        Git("init", "-q");
        Git("-c", "user.email=a@b", "-c", "user.name=n", "commit", "-q", "--allow-empty", "-m", "x");
        var sub = Directory.CreateDirectory(Path.Combine(_root, "a", "b")).FullName;
        var commit = Git("rev-parse", "HEAD").Trim();
        var before = Files();
        Assert.Equal(new ProjectIdentity(commit, _root, _root, true), await FindAsync(sub));
        Assert.Equal(before, Files());

        File.WriteAllText(Path.Combine(_root, ".git", "opencode"), "cached\n");
        Assert.Equal("cached", (await FindAsync(_root)).ID);

        Git("remote", "add", "other", "git@h.com:no/no.git");
        Git("remote", "add", "origin", "git@GitHub.com:me/Repo.git");
        Assert.Equal("fbf0ed87f54e9736892e0ac3b84b80ff4b9c2ff3", (await FindAsync(_root)).ID);
    }

    [Fact]
    public async Task A_second_checkout_belongs_to_the_same_project()
    {
        var main = Directory.CreateDirectory(Path.Combine(_root, "main")).FullName;
        Git("-C", main, "init", "-q");
        Git("-C", main, "-c", "user.email=a@b", "-c", "user.name=n", "commit", "-q", "--allow-empty", "-m", "x");
        var second = Path.Combine(_root, "second");
        Git("-C", main, "worktree", "add", "-q", second, "-b", "b");
        var identity = await FindAsync(second);
        Assert.Equal(new ProjectIdentity((await FindAsync(main)).ID, second, main, true), identity);
    }

    [Fact]
    public void Clients_are_told_what_keeps_the_project_and_where_its_further_checkouts_are()
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(7);
        var git = new ProjectIdentity("p", "/second", "/main", true).ToInfo(now);
        Assert.Equal(("p", "git", "/main", 7L, 7L), (git.ID, git.Vcs, git.Worktree, git.Time.Created, git.Time.Updated));
        Assert.Equal(["/second"], git.Sandboxes);
        var plain = new ProjectIdentity("global", "/", "/", false).ToInfo(now);
        Assert.Null(plain.Vcs);
        Assert.Empty(plain.Sandboxes);
    }

    private static Task<ProjectIdentity> FindAsync(string directory) =>
        ProjectIdentity.FindAsync(directory, TimeProvider.System, CancellationToken.None);

    private string[] Files() =>
        [.. Directory.EnumerateFiles(_root, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Order()];

    private string Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = _root, RedirectStandardOutput = true })!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return output;
    }
}
