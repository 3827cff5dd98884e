using Capstan.Engine.Tests.Configuration;
using Capstan.Engine.Workspaces;
using Xunit;

namespace Capstan.Engine.Tests.Workspaces;

/// <summary>R11: a workspace that is named by a link belongs to the project where the link leads, not to the one where it stands.</summary>
public sealed class LinkedWorktreeTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();
    private readonly HttpClient _http = new();

    public LinkedWorktreeTests()
    {
        MakeRepository("repo");
        MakeRepository("other");
        _sandbox.Write("other/inner/file", "x");
        _sandbox.WriteProject("""{"username":"repo"}""");
        _sandbox.Write("other/opencode.json", """{"username":"other"}""");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _http.Dispose();
        _sandbox.Dispose();
    }

    [Fact]
    public async Task A_link_out_of_a_repository_is_no_part_of_it()
    {
        var link = Link("repo/link", "other/inner");
        var workspace = await LoadAsync(link);
        Assert.Equal(Path.Combine(_sandbox.Root, "other"), workspace.Worktree);
        Assert.Equal(link, workspace.Directory);
        Assert.Equal("inner", workspace.RelativePath);
        Assert.Equal("other", workspace.Config.Username);
    }

    [Fact]
    public async Task A_link_out_of_a_repository_to_a_place_without_one_has_none()
    {
        Directory.CreateDirectory(Path.Combine(_sandbox.Root, "plain"));
        var workspace = await LoadAsync(Link("repo/link", "plain"));
        Assert.Equal("/", workspace.Worktree);
        Assert.False(workspace.Project.IsGit);
    }

    [Fact]
    public async Task A_link_to_the_top_of_a_repository_or_within_it_keeps_its_name()
    {
        var top = Link("alias", "repo");
        var workspace = await LoadAsync(Path.Combine(top, "sub"));
        Assert.Equal((top, "sub", "repo"), (workspace.Worktree, workspace.RelativePath, workspace.Config.Username));

        var within = Link("repo/short", "repo/sub");
        workspace = await LoadAsync(within);
        Assert.Equal((_sandbox.Worktree, "short"), (workspace.Worktree, workspace.RelativePath));
    }

    [Fact]
    public void A_git_file_is_followed_through_the_links_in_its_path()
    {
        Directory.CreateDirectory(Path.Combine(_sandbox.Root, "far", "deep"));
        Link("near", "far/deep");
        MakeRepository("far/real");
        _sandbox.Write("checkout/.git", "gitdir: ../near/../real/.git\n");
        Assert.Equal(
            Path.Combine(_sandbox.Root, "far", "real", ".git"), GitRepository.Locate(Path.Combine(_sandbox.Root, "checkout"))?.CommonDirectory);
    }

    private string Link(string name, string target)
    {
        var path = Path.Combine(_sandbox.Root, name);
        Directory.CreateSymbolicLink(path, Path.Combine(_sandbox.Root, target));
        return path;
    }

    private void MakeRepository(string name)
    {
        _sandbox.Write($"{name}/.git/HEAD", "ref: refs/heads/main\n");
        _sandbox.Write($"{name}/.git/config", $"[remote \"origin\"]\n\turl = git@host.example:team/{name}.git\n");
    }

    private Task<Workspace> LoadAsync(string directory) =>
        new WorkspaceLoader(_sandbox.Paths, _sandbox.Environment, _http, TimeProvider.System).LoadAsync(directory, Cancel);
}
