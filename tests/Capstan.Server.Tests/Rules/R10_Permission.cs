using System.Net;
using System.Text.Json;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R10: a denied call never runs; a request is answered once.</summary>
public sealed class R10_Permission
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R10_A_request_is_answered_once()
    {
        await using var server = await StartAsync("ask");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.PromptAsync(session, "[script:touch]", Cancelled);
        var asked = (await events.UntilAsync("permission.asked")).Properties;
        Assert.False(asked.TryGetProperty("rootSessionID", out _), "It is the root's own.");
        var request = asked.GetProperty("id").GetString()!;

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => server.AskAsync(
            HttpMethod.Post, $"/permission/{request}/reply", i % 2 == 0 ? """{"reply":"once"}""" : """{"reply":"reject"}""", Cancelled)));

        await answer;
        await events.UntilAsync("session.idle", session);
        Assert.Single(replies, static reply => reply.Status == HttpStatusCode.OK);
        Assert.Equal(7, replies.Count(static reply => reply.Status == HttpStatusCode.NotFound));
        Assert.Single(events.Seen, static seen => seen.Type == "permission.replied");
        Assert.Empty(await server.PermissionsAsync(Cancelled));
    }

    [Fact]
    public async Task R10_A_rejected_call_never_runs_and_the_turn_ends()
    {
        await using var server = await StartAsync("ask");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.PromptAsync(session, "[script:touch]", Cancelled);
        var request = (await events.UntilAsync("permission.asked")).Properties.GetProperty("id").GetString()!;

        await server.ReplyAsync(request, "reject", cancellationToken: Cancelled);
        await answer;

        Assert.False(File.Exists(server.Workspace.PathOf("made")));
        Assert.Single(server.Model.Turns);
    }

    [Fact]
    public async Task R10_A_denied_call_never_runs_and_nobody_is_asked()
    {
        // Denied for one pattern only, so that the tool is still offered.
        await using var server = await StartAsync("""{"touch *":"deny"}""");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);

        var answer = await server.PromptAsync(session, "[script:touch]", Cancelled);

        await events.UntilAsync("session.idle", session);
        Assert.False(File.Exists(server.Workspace.PathOf("made")));
        Assert.DoesNotContain(events.Seen, static seen => seen.Type == "permission.asked");
        Assert.Equal("done", Conversation.Text(answer));
    }

    [Fact]
    public async Task R10_A_call_runs_once_it_is_allowed()
    {
        await using var server = await StartAsync("ask");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.PromptAsync(session, "[script:touch]", Cancelled);
        var request = (await events.UntilAsync("permission.asked")).Properties.GetProperty("id").GetString()!;
        Assert.False(File.Exists(server.Workspace.PathOf("made")));

        await server.ReplyAsync(request, "once", cancellationToken: Cancelled);
        await answer;

        Assert.True(File.Exists(server.Workspace.PathOf("made")));
    }

    [Theory]
    [InlineData("once", true, "done")]
    [InlineData("reject", false, "")]
    public async Task R10_A_request_survives_a_restart_and_its_answer_still_counts(string reply, bool runs, string said)
    {
        await using var server = await StartAsync("ask");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using (var before = await server.OpenEventsAsync(Cancelled))
        {
            await server.PromptWithoutWaitingAsync(session, "[script:touch]", Cancelled);
            await before.UntilAsync("permission.asked");
        }

        var asked = Assert.Single(await server.PermissionsAsync(Cancelled)).GetRawText();
        await server.RestartAsync(Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var request = Assert.Single(await server.PermissionsAsync(Cancelled));
        Assert.Equal(asked, request.GetRawText());
        Assert.False(File.Exists(server.Workspace.PathOf("made")));
        await server.ReplyAsync(request.GetProperty("id").GetString()!, reply, cancellationToken: Cancelled);
        await Conversation.UntilIdleAsync(server, events, Cancelled);

        Assert.Empty(await server.PermissionsAsync(Cancelled));
        Assert.Equal(runs, File.Exists(server.Workspace.PathOf("made")));
        var messages = await server.MessagesAsync(session, Cancelled);
        Conversation.RequireClosed(messages);
        Assert.Equal(said, Conversation.Text(messages[^1]));
        // What the model had said before the restart, it was not asked for again.
        Assert.Equal(runs ? 2 : 1, server.Model.Turns.Count);
    }

    [Fact]
    public async Task R10_A_request_that_waited_over_a_restart_is_settled_by_an_abort()
    {
        await using var server = await StartAsync("ask");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using (var before = await server.OpenEventsAsync(Cancelled))
        {
            await server.PromptWithoutWaitingAsync(session, "[script:touch]", Cancelled);
            await before.UntilAsync("permission.asked");
        }

        await server.RestartAsync(Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.AbortAsync(session, Cancelled);
        await events.UntilAsync("permission.replied", session);

        Assert.Empty(await server.PermissionsAsync(Cancelled));
        Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
        Assert.False(File.Exists(server.Workspace.PathOf("made")));
        Conversation.RequireClosed(await server.MessagesAsync(session, Cancelled));
    }

    [Fact]
    public async Task R10_A_standing_approval_is_listed_and_revoked_while_its_session_runs()
    {
        await using var server = await StartAsync("ask");
        var gate = new ModelGate();
        var touch = ModelStep.Call("bash", """{"command":"touch made"}""");
        server.Model.Set("thrice", touch, touch, touch with { Gate = gate }, ModelStep.Say("done"));
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.PromptAsync(session, "[script:thrice]", Cancelled);
        await server.ReplyAsync(await AskedAsync(), "always", cancellationToken: Cancelled);
        // The second call has run without a question; the third is still to come.
        await gate.Reached;
        Assert.Equal(3, server.Model.Turns.Count);

        var approval = Assert.Single((await server.GetAsync("/permission/approval", Cancelled)).EnumerateArray().ToList());
        var id = approval.GetProperty("id").GetString()!;
        Assert.StartsWith("apr_", id, StringComparison.Ordinal);
        Assert.Equal(server.Directory, approval.GetProperty("directory").GetString());
        Assert.Equal("bash", approval.GetProperty("permission").GetString());
        Assert.Equal("touch *", approval.GetProperty("pattern").GetString());
        Assert.True(approval.GetProperty("time").GetProperty("created").GetInt64() > 0);
        using (var elsewhere = server.CreateClient(Path.GetTempPath()))
            Assert.Equal("[]", await elsewhere.GetStringAsync("/permission/approval", Cancelled));

        Assert.Equal((HttpStatusCode.OK, "true"), await server.AskAsync(HttpMethod.Delete, $"/permission/approval/{id}", null, Cancelled));
        Assert.Empty((await server.GetAsync("/permission/approval", Cancelled)).EnumerateArray());
        gate.Open();
        await server.ReplyAsync(await AskedAsync(), "once", cancellationToken: Cancelled);
        Assert.Equal("done", Conversation.Text(await answer));

        async Task<string> AskedAsync() => (await events.UntilAsync("permission.asked")).Properties.GetProperty("id").GetString()!;
    }

    [Fact]
    public async Task R10_A_standing_approval_survives_a_restart_and_so_does_its_revocation()
    {
        await using var server = await StartAsync("ask");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using (var before = await server.OpenEventsAsync(Cancelled))
        {
            var answer = server.PromptAsync(session, "[script:touch]", Cancelled);
            await server.ReplyAsync(
                (await before.UntilAsync("permission.asked")).Properties.GetProperty("id").GetString()!, "always", cancellationToken: Cancelled);
            await answer;
        }

        await server.RestartAsync(Cancelled);
        Assert.Equal("done", Conversation.Text(await server.PromptAsync(session, "[script:touch]", Cancelled)));
        var approval = Assert.Single((await server.GetAsync("/permission/approval", Cancelled)).EnumerateArray().ToList());
        await server.AskAsync(HttpMethod.Delete, $"/permission/approval/{approval.GetProperty("id").GetString()}", null, Cancelled);
        await server.RestartAsync(Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(session, "[script:touch]", Cancelled);

        await events.UntilAsync("permission.asked", session);
        Assert.Empty((await server.GetAsync("/permission/approval", Cancelled)).EnumerateArray());
    }

    [Theory]
    [InlineData("apr_unknown", HttpStatusCode.NotFound, "NotFoundError")]
    [InlineData("per_unknown", HttpStatusCode.BadRequest, "BadRequest")]
    public async Task R12_What_is_no_approval_cannot_be_revoked(string id, HttpStatusCode expected, string name)
    {
        await using var server = await StartAsync("ask");

        var (status, body) = await server.AskAsync(HttpMethod.Delete, $"/permission/approval/{id}", null, Cancelled);

        Assert.Equal(expected, status);
        Assert.Equal(name, JsonElement.Parse(body).GetProperty("name").GetString());
        Assert.Contains(id, body, StringComparison.Ordinal);
    }

    private static async Task<TestServer> StartAsync(string bash)
    {
        var rule = bash.StartsWith('{') ? bash : JsonSerializer.Serialize(bash);
        var server = await TestServer.StartAsync(new() { Workspace = new() { Permission = $$"""{"bash":{{rule}}}""" } }, Cancelled);
        server.Model.Set("touch", ModelStep.Call("bash", """{"command":"touch made"}"""), ModelStep.Say("done"));
        return server;
    }
}
