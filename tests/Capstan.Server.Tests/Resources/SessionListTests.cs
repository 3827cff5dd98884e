using System.Text.Json;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Resources;

/// <summary><c>GET /session</c>: which sessions of a project are listed.</summary>
public sealed class SessionListTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sessions_are_those_of_the_project_or_of_a_directory_or_below_a_path()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        server.Workspace.Write("sub/deep/file", "x");
        server.Workspace.Write("subway/file", "x");
        await CreateAsync(server, "", "top");
        await CreateAsync(server, "sub", "in sub");
        await CreateAsync(server, "sub/deep", "deep");
        await CreateAsync(server, "subway", "in subway");
        string[] all = ["deep", "in sub", "in subway", "top"];
        var directory = Uri.EscapeDataString(server.Directory);
        var sub = Uri.EscapeDataString(server.Workspace.PathOf("sub"));

        Assert.Equal(all, await ListAsync(server, ""));
        Assert.Equal(all, await ListAsync(server, "?directory="));
        Assert.Equal(["top"], await ListAsync(server, $"?directory={directory}"));
        Assert.Equal(["in sub"], await ListAsync(server, $"?directory={sub}"));
        Assert.Equal(all, await ListAsync(server, $"?directory={sub}&scope=project"));
        Assert.Equal(["in sub"], await ListAsync(server, $"?directory={sub}&scope=directory"));
        Assert.Equal(["deep", "in sub"], await ListAsync(server, "?path=sub"));
        Assert.Equal(["deep", "in sub"], await ListAsync(server, $"?directory={directory}&path=sub"));
        Assert.Equal(["in subway"], await ListAsync(server, "?path=subway"));
        Assert.Equal(all, await ListAsync(server, "?path="));
    }

    [Fact]
    public async Task Sessions_are_found_by_title_time_and_place_in_the_tree()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var parent = await server.CreateSessionAsync("""{"title":"Parent of all"}""", Cancelled);
        await server.CreateSessionAsync($$"""{"title":"child","parentID":"{{parent}}"}""", Cancelled);
        var last = (await server.GetAsync($"/session/{await server.CreateSessionAsync("""{"title":"ALL alone"}""", Cancelled)}", Cancelled))
            .GetProperty("time").GetProperty("updated").GetInt64();

        Assert.Equal(["ALL alone", "Parent of all"], await ListAsync(server, "?search=all"));
        Assert.Equal(["ALL alone", "Parent of all", "child"], await ListAsync(server, "?search="));
        Assert.Empty(await ListAsync(server, "?search=none"));
        Assert.Equal(["ALL alone", "Parent of all"], await ListAsync(server, "?roots=true"));
        Assert.Equal(3, (await ListAsync(server, "?roots=false")).Count);
        Assert.Contains("ALL alone", await ListAsync(server, $"?start={last}"));
        Assert.Empty(await ListAsync(server, $"?start={last + 1}"));
        Assert.Equal(["child"], Titles(await server.GetAsync($"/session/{parent}/children", Cancelled)));
    }

    [Fact]
    public async Task The_newest_hundred_are_listed_or_as_many_as_are_asked_for()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        for (var i = 0; i < 101; i++)
            await server.CreateSessionAsync($$"""{"title":"{{i:000}}"}""", Cancelled);
        Assert.Equal(100, (await ListAsync(server, "")).Count);
        Assert.Equal(101, (await ListAsync(server, "?limit=1000")).Count);
        Assert.Single(await ListAsync(server, "?limit=1"));
        Assert.Single(await ListAsync(server, "?limit=0"));
    }

    [Fact]
    public async Task A_session_without_tasks_has_an_empty_list()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        Assert.Equal("[]", (await server.GetAsync($"/session/{await server.CreateSessionAsync(cancellationToken: Cancelled)}/todo", Cancelled)).GetRawText());
    }

    private static async Task CreateAsync(TestServer server, string directory, string title)
    {
        using var client = server.CreateClient(Path.TrimEndingDirectorySeparator(server.Workspace.PathOf(directory)));
        using var content = new StringContent($$"""{"title":"{{title}}"}""");
        (await client.PostAsync("/session", content, Cancelled)).EnsureSuccessStatusCode().Dispose();
    }

    private static async Task<IReadOnlyList<string>> ListAsync(TestServer server, string query) =>
        Titles(await server.GetAsync($"/session{query}", Cancelled));

    private static IReadOnlyList<string> Titles(JsonElement sessions) =>
        [.. sessions.EnumerateArray().Select(static session => session.GetProperty("title").GetString()!).Order(StringComparer.Ordinal)];
}
