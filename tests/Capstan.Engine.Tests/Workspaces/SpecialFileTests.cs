using System.Diagnostics;
using Capstan.Engine.Configuration;
using Capstan.Engine.Models;
using Capstan.Engine.Searching;
using Capstan.Engine.Telemetry;
using Capstan.Engine.Tests.Configuration;
using Capstan.Engine.Workspaces;
using Capstan.Engine.Workspaces.Snapshots;
using Capstan.Testing.Time;
using Capstan.Testing.Workspaces;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Capstan.Engine.Tests.Workspaces;

/// <summary>
/// R9: a repository is what somebody else made. A named pipe or a link to an endless device in place of any file that is read from it
/// neither holds the server up nor fills its memory.
/// </summary>
public sealed class SpecialFileTests : IDisposable
{
    // A safety net: what is right takes milliseconds, what is wrong takes for ever.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly ConfigSandbox _sandbox = new();
    private readonly HttpClient _http = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Configuration => Each(
        "repo/opencode.json", "repo/sub/opencode.jsonc", "repo/.opencode/opencode.json", "repo/.opencode/agent/one.md", "repo/.opencode/modes/two.md",
        "home/.config/opencode/opencode.json", "repo/secret");

    public static TheoryData<string, string> Others => Each(
        "repo/AGENTS.md", "repo/sub/CLAUDE.md", "home/.config/opencode/AGENTS.md", "repo/notes.md", "repo/.git", "repo/.git/config", "repo/.git/HEAD",
        "repo/.git/opencode", "repo/.git/commondir", "repo/.git/packed-refs", "repo/.git/refs/heads/main", "home/.local/share/capstan/auth.json");

    public void Dispose()
    {
        _http.Dispose();
        _sandbox.Dispose();
    }

    [Theory]
    [MemberData(nameof(Configuration))]
    public async Task R9_A_configuration_file_that_is_none_is_refused_by_name_and_kind(string file, string kind)
    {
        Repository();
        if (file == "repo/secret")
            _sandbox.WriteProject("""{"username":"{file:secret}"}""");
        var path = SpecialFile.Put(Path.Combine(_sandbox.Root, file), kind);

        var error = await Assert.ThrowsAsync<ConfigException>(LoadAsync);

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(kind == "pipe" ? "it is a named pipe, not a regular file" : "it is a device, not a regular file", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task R9_Anything_else_that_is_no_file_is_left_out(string file, string kind)
    {
        Repository();
        _sandbox.WriteProject("""{"instructions":["notes.md","*.md"]}""");
        _sandbox.Write("repo/sub/CONTEXT.md", "kept");
        if (file == "repo/.git")
            Directory.Delete(Path.Combine(_sandbox.Worktree, ".git"), recursive: true);
        SpecialFile.Put(Path.Combine(_sandbox.Root, file), kind);

        var workspace = await LoadAsync();
        var found = await Task.Run(async () => await workspace.Instructions.ReadAsync(Cancel), Cancel).WaitAsync(Bound, Cancel);

        Assert.DoesNotContain(found, instruction => instruction.Source == Path.Combine(_sandbox.Root, file));
        Assert.Equal("offline/echo", workspace.Models.Default.ToString());
    }

    [Theory]
    [InlineData(".gitignore", "pipe")]
    [InlineData(".gitignore", "endless")]
    [InlineData(".ignore", "pipe")]
    [InlineData(".git/info/exclude", "pipe")]
    [InlineData(".git/info/exclude", "endless")]
    public async Task R9_An_ignore_file_that_is_none_ignores_nothing(string file, string kind)
    {
        Repository();
        _sandbox.Write("repo/kept.txt", "x");
        SpecialFile.Put(Path.Combine(_sandbox.Worktree, file), kind);

        var tree = await Task.Run(() => FileWalk.RunAsync(_sandbox.Worktree, FileGlob.Parse("*.txt"), hidden: false, Cancel), Cancel).WaitAsync(Bound, Cancel);

        Assert.Equal([Path.Combine(_sandbox.Worktree, "kept.txt")], tree.Paths());
    }

    [Theory]
    [InlineData(".gitignore")]
    [InlineData(".gitattributes")]
    [InlineData(".git/config")]
    [InlineData(".git/index")]
    [InlineData(".git/info/exclude")]
    [InlineData(".git/objects/info/alternates")]
    public async Task R9_Git_is_not_started_where_it_would_wait_and_the_turn_goes_on_without_snapshots(string file)
    {
        Repository();
        var workspace = await LoadAsync();
        SpecialFile.Put(Path.Combine(_sandbox.Worktree, file), "pipe");

        var snapshots = new SnapshotCatalogue(
                _sandbox.Paths, TimeProvider.System, NullLogger.Instance, new NoticeBoard(NullLogger.Instance))
            .ForTurn(workspace, TimeSpan.FromMinutes(1));
        snapshots.Begin("msg_1", Cancel);

        Assert.Null(await snapshots.BeforeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), Cancel));
        Assert.False(Directory.Exists(Path.Combine(_sandbox.Paths.Data, "snapshot")));
    }

    [Fact]
    public async Task R9_What_git_waits_for_all_the_same_costs_one_limit_and_then_nothing_for_a_while()
    {
        Repository();
        SpecialFile.Put(Path.Combine(_sandbox.Worktree, "deep", ".gitignore"), "pipe");
        _sandbox.Write("repo/deep/file", "x");
        var time = new FakeTime();
        var repository = new SnapshotRepository(
            new SnapshotDirectory(GitRepository.Locate(_sandbox.Worktree)!, "project", _sandbox.Paths.Data, "test"), time);
        var started = time.GetUtcNow();

        var first = repository.TrackAsync(_sandbox.Worktree, Cancel);
        await time.PassAsync(started.AddSeconds(60), Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Bound, Cancel));

        var error = await Assert.ThrowsAsync<GitException>(() => repository.TrackAsync(_sandbox.Worktree, Cancel).WaitAsync(Bound, Cancel));
        Assert.Contains("took longer than 60 s", error.Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(_sandbox.Worktree, "deep", ".gitignore"));
        time.AdvanceTo(started.AddMinutes(12));
        Assert.NotEmpty(await repository.TrackAsync(_sandbox.Worktree, Cancel).WaitAsync(Bound, Cancel));
    }

    private static TheoryData<string, string> Each(params string[] files)
    {
        var data = new TheoryData<string, string>();
        foreach (var file in files)
        {
            foreach (var kind in SpecialFile.Kinds)
                data.Add(file, kind);
        }

        return data;
    }

    private Task<Workspace> LoadAsync() => Task.Run(
        () => new WorkspaceLoader(_sandbox.Paths, _sandbox.Environment, _http, TimeProvider.System).LoadAsync(_sandbox.Inner, Cancel), Cancel).WaitAsync(Bound, Cancel);

    private void Repository()
    {
        Git("init", "-q", "-b", "main");
        Git("-c", "user.email=a@b", "-c", "user.name=n", "commit", "-q", "--allow-empty", "-m", "first");
    }

    private void Git(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = _sandbox.Worktree })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
