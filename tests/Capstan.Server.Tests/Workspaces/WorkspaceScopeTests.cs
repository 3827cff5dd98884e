using System.Net;
using System.Text.Json;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Workspaces;

public sealed class WorkspaceScopeTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_broken_configuration_is_an_answer_of_its_workspace_alone_and_mending_it_needs_no_restart()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        using var broken = await TestWorkspace.CreateAsync(server.Model.Url, cancellationToken: Cancelled);
        var sound = broken.Read("opencode.json");
        broken.Write("opencode.json", "{\n  \"model\": \"fake/echo\",\n  \"provider\": oops\n}");
        using var other = server.CreateClient(broken.Directory);

        foreach (var path in new[] { "/session", "/config", "/event", "/agent" })
        {
            using var response = await other.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancelled);
            var text = await response.Content.ReadAsStringAsync(Cancelled);

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains("opencode.json", text, StringComparison.Ordinal);
            Assert.Contains("\"line\":3", text, StringComparison.Ordinal);
        }

        await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "fine here", Cancelled);
        broken.Write("opencode.json", sound);
        using var mended = await other.GetAsync("/config", Cancelled);
        Assert.Equal(HttpStatusCode.OK, mended.StatusCode);
    }

    [Fact]
    public async Task A_session_stays_in_its_own_directory_whatever_a_request_says()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        using var elsewhere = await TestWorkspace.CreateAsync(server.Model.Url, cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        using var other = server.CreateClient(elsewhere.Directory);
        await using var there = await SseReader.ConnectAsync(other, "/event", Cancelled);
        await using var here = await server.OpenEventsAsync(Cancelled);

        using var response = await other.PostAsync(
            $"/session/{session}/message", new StringContent(ServerUnderTest.Prompt("where am I?").ToJsonString()), Cancelled);
        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancelled));

        Assert.Equal(server.Directory, answer.GetProperty("info").GetProperty("path").GetProperty("cwd").GetString());
        await here.UntilAsync("session.idle", session);
        using var created = await other.PostAsync("/session", null, Cancelled);
        await there.UntilAsync("session.created");
        Assert.DoesNotContain(there.Seen, seen => seen.SessionId == session);
    }

    [Fact]
    public async Task The_directory_comes_from_the_query_then_the_header_then_the_server()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        using var one = await TestWorkspace.CreateAsync(server.Model.Url, cancellationToken: Cancelled);
        using var two = await TestWorkspace.CreateAsync(server.Model.Url, cancellationToken: Cancelled);
        using var named = server.CreateClient(one.Directory);
        using var unnamed = server.CreateClient(directory: null);

        Assert.Equal(two.Directory, await DirectoryAsync(named, $"/path?directory={Uri.EscapeDataString(two.Directory)}"));
        Assert.Equal(one.Directory, await DirectoryAsync(named, "/path"));
        Assert.Equal(server.Directory, await DirectoryAsync(unnamed, "/path"));
    }

    [Fact]
    public async Task Status_and_permissions_are_those_of_the_workspace_that_is_asked_for()
    {
        await using var server = await TestServer.StartAsync(
            new() { Model = new() { Default = new() { Text = "ok", Hang = Capstan.Testing.Models.ModelHang.Stream } } }, Cancelled);
        using var elsewhere = await TestWorkspace.CreateAsync(server.Model.Url, cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptWithoutWaitingAsync(session, "hello", Cancelled);
        using var other = server.CreateClient(elsewhere.Directory);

        Assert.Equal("{}", await other.GetStringAsync("/session/status", Cancelled));
        Assert.True((await server.StatusAsync(Cancelled)).TryGetProperty(session, out _));
        await server.AbortAsync(session, Cancelled);
    }

    private static async Task<string?> DirectoryAsync(HttpClient client, string path) =>
        JsonElement.Parse(await client.GetStringAsync(path, Cancelled)).GetProperty("directory").GetString();
}
