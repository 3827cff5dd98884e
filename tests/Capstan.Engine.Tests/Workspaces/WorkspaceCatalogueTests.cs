using Capstan.Engine.Configuration;
using Capstan.Engine.Tests.Configuration;
using Capstan.Engine.Workspaces;
using Xunit;

namespace Capstan.Engine.Tests.Workspaces;

public sealed class WorkspaceCatalogueTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _sandbox.Dispose();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Concurrent_first_requests_share_one_load()
    {
        var loads = 0;
        var go = new TaskCompletionSource();
        var workspaces = new WorkspaceCatalogue(async directory =>
        {
            Interlocked.Increment(ref loads);
            await go.Task;
            return await Loader().LoadAsync(directory, Cancellation);
        });
        var requests = Enumerable.Range(0, 20).Select(_ => workspaces.GetAsync(_sandbox.Inner + "/", Cancellation)).ToArray();
        go.SetResult();
        var first = (await Task.WhenAll(requests)).Distinct();
        Assert.Same(await workspaces.GetAsync(_sandbox.Inner, Cancellation), Assert.Single(first));
        Assert.Equal(1, loads);
    }

    [Fact]
    public async Task A_broken_file_breaks_its_directory_only_and_only_until_it_is_mended()
    {
        var workspaces = new WorkspaceCatalogue(Loader());
        _sandbox.Write("repo/sub/opencode.json", "{");
        await Assert.ThrowsAsync<ConfigException>(() => workspaces.GetAsync(_sandbox.Inner, Cancellation));
        Assert.NotNull(await workspaces.GetAsync(_sandbox.Home, Cancellation));
        _sandbox.Write("repo/sub/opencode.json", """{"username":"mended"}""");
        Assert.Equal("mended", (await workspaces.GetAsync(_sandbox.Inner, Cancellation)).Config.Username);
    }

    [Fact]
    public async Task Giving_up_waiting_does_not_spoil_the_load_for_others()
    {
        var go = new TaskCompletionSource();
        var workspaces = new WorkspaceCatalogue(async directory =>
        {
            await go.Task;
            return await Loader().LoadAsync(directory, Cancellation);
        });
        using var impatient = new CancellationTokenSource();
        var first = workspaces.GetAsync(_sandbox.Inner, impatient.Token);
        var second = workspaces.GetAsync(_sandbox.Inner, Cancellation);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        go.SetResult();
        Assert.Same(await second, await workspaces.GetAsync(_sandbox.Inner, Cancellation));
    }

    [Fact]
    public async Task A_changed_file_holds_from_the_next_turn_on()
    {
        var workspaces = new WorkspaceCatalogue(Loader());
        var before = await workspaces.GetCurrentAsync(_sandbox.Inner, Cancellation);
        Assert.Same(before, await workspaces.GetCurrentAsync(_sandbox.Inner, Cancellation));
        _sandbox.Write("repo/sub/opencode.json", """{"username":"changed"}""");
        Assert.Same(before, await workspaces.GetAsync(_sandbox.Inner, Cancellation));
        Assert.Equal("changed", (await workspaces.GetCurrentAsync(_sandbox.Inner, Cancellation)).Config.Username);
    }

    [Fact]
    public async Task What_was_disposed_is_loaded_anew()
    {
        var workspaces = new WorkspaceCatalogue(Loader());
        var before = await workspaces.GetAsync(_sandbox.Inner, Cancellation);
        Assert.True(workspaces.Dispose(_sandbox.Inner));
        Assert.False(workspaces.Dispose(_sandbox.Inner));
        Assert.NotSame(before, await workspaces.GetAsync(_sandbox.Inner, Cancellation));
        Assert.Equal([_sandbox.Inner], workspaces.DisposeAll());
        Assert.Empty(workspaces.Directories);
    }

    [Fact]
    public async Task Directories_without_number_do_not_fill_the_memory()
    {
        var workspace = await Loader().LoadAsync(_sandbox.Inner, Cancellation);
        var workspaces = new WorkspaceCatalogue(_ => Task.FromResult(workspace));
        for (var i = 0; i < 2000; i++)
            await workspaces.GetAsync($"/d/{i}", Cancellation);
        Assert.InRange(workspaces.Directories.Count, 1, 600);
    }

    [Fact]
    public async Task A_workspace_knows_its_place()
    {
        var workspace = await Loader().LoadAsync(_sandbox.Inner, Cancellation);
        Assert.Equal(("/", _sandbox.Inner[1..]), (workspace.Worktree, workspace.RelativePath));
        Assert.Equal((_sandbox.Home, _sandbox.Global, _sandbox.Inner), (workspace.Paths.Home, workspace.Paths.Config, workspace.Paths.Directory));
        _sandbox.Write("repo/.git/HEAD", "ref: refs/heads/main");
        _sandbox.Write("repo/.git/opencode", "cached");
        workspace = await Loader().LoadAsync(_sandbox.Inner, Cancellation);
        Assert.Equal(("cached", _sandbox.Worktree, "sub"), (workspace.Project.ID, workspace.Worktree, workspace.RelativePath));
    }

    private WorkspaceLoader Loader() => new(_sandbox.Paths, _sandbox.Environment, _http, TimeProvider.System);
}
