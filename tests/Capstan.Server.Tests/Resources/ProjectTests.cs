using System.Text.Json;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Resources;

/// <summary>What clients ask about the place that they work in.</summary>
public sealed class ProjectTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_project_of_a_directory_is_told_and_listed_once_a_session_was_made_in_it()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var project = (await server.GetAsync($"/session/{session}", Cancelled)).GetProperty("projectID").GetString();

        var current = await server.GetAsync("/project/current", Cancelled);
        Assert.Equal((project, server.Directory, "git"), (Text(current, "id"), Text(current, "worktree"), Text(current, "vcs")));
        var listed = Assert.Single((await server.GetAsync("/project", Cancelled)).EnumerateArray());
        Assert.Equal((project, server.Directory), (Text(listed, "id"), Text(listed, "worktree")));
    }

    [Fact]
    public async Task Clients_are_told_where_they_are()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        server.Workspace.Write("sub/file", "x");
        using var client = server.CreateClient(server.Workspace.PathOf("sub"));
        var path = JsonElement.Parse(await client.GetStringAsync(new Uri("/path", UriKind.Relative), Cancelled));
        Assert.Equal((server.Workspace.PathOf("sub"), server.Directory), (Text(path, "directory"), Text(path, "worktree")));
        foreach (var name in (string[])["home", "state", "config"])
            Assert.True(Path.IsPathRooted(Text(path, name)), name);
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
