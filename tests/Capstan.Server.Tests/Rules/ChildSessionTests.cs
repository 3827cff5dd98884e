using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Testing.Captures;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>The rules three levels deep: a session, its child, and the child's child.</summary>
public sealed class ChildSessionTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task R7_An_abort_of_a_session_ends_what_runs_below_it_and_what_waits_there_goes_on(bool isQueued)
    {
        await using var server = await StartAsync("allow");
        server.Model.Set("hang", ModelStep.Say("some words") with { Hang = ModelHang.Stream });
        server.Model.Set("run", ModelStep.Call("bash", """{"command":"echo $$ > pid; echo begun; while true; do sleep 1000; done"}"""));
        server.Model.Set("then", ModelStep.Say("well"));
        var sessions = await CreateThreeAsync(server);
        await using var events = await server.OpenEventsAsync(Cancelled);
        foreach (var session in sessions)
            await server.PromptWithoutWaitingAsync(session, session == sessions[2] ? "[script:run]" : "[script:hang]", Cancelled);
        await events.UntilAsync(static seen => seen.Data.Contains("\"output\":\"begun\\n\"", StringComparison.Ordinal));
        using var bash = Process.GetProcessById(int.Parse(server.Workspace.Read("pid"), CultureInfo.InvariantCulture));
        var hanging = await Task.WhenAll(sessions.Take(2).Select(session => server.Model.CallAsync(
            call => call.Script == "hang" && call.Headers["x-session-id"] == session, Cancelled)));
        if (isQueued)
        {
            foreach (var session in sessions)
                await server.PromptWithoutWaitingAsync(session, Queued("[script:then]"), Cancelled);
        }

        await server.AbortAsync(sessions[0], Cancelled);

        if (!isQueued)
            Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
        await Task.WhenAll(hanging.Select(static call => call.ClientGone));
        await bash.WaitForExitAsync(Cancelled);
        await UntilIdleAsync(events, sessions);
        foreach (var session in sessions)
        {
            var messages = await server.MessagesAsync(session, Cancelled);
            Conversation.RequireClosed(messages);
            Assert.Equal(
                isQueued ? ["MessageAbortedError", null] : ["MessageAbortedError"], Conversation.Answers(messages).Select(Conversation.Error));
            Assert.Single(events.Seen, seen => seen.Type == "session.idle" && seen.SessionId == session);
            Assert.Empty(await server.Engine.Store.ReadInboxAsync(session, Cancelled));
        }

        Assert.Empty(EventInvariants.Violations(events.Seen.Select(static seen => seen.Payload)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(null)]
    public async Task R10_A_request_below_carries_the_root_and_is_answered_from_every_session_above_it(int? level)
    {
        await using var server = await StartAsync("ask");
        var sessions = await CreateThreeAsync(server);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.PromptAsync(sessions[2], "[script:touch]", Cancelled);

        var asked = (await events.UntilAsync("permission.asked")).Properties;
        Assert.Equal(sessions[2], asked.GetProperty("sessionID").GetString());
        Assert.Equal(sessions[0], asked.GetProperty("rootSessionID").GetString());
        Assert.Equal(asked.GetRawText(), Assert.Single(await server.PermissionsAsync(Cancelled)).GetRawText());
        var request = asked.GetProperty("id").GetString()!;
        var reply = level is { } above
            ? await server.AskAsync(HttpMethod.Post, $"/session/{sessions[above]}/permissions/{request}", """{"response":"once"}""", Cancelled)
            : await server.AskAsync(HttpMethod.Post, $"/permission/{request}/reply", """{"reply":"once"}""", Cancelled);

        Assert.Equal((HttpStatusCode.OK, "true"), reply);
        Assert.Equal("done", Conversation.Text(await answer));
        Assert.True(File.Exists(server.Workspace.PathOf("made")));
    }

    [Fact]
    public async Task R10_A_request_is_not_answered_through_a_session_that_is_neither_its_own_nor_above_it()
    {
        await using var server = await StartAsync("ask");
        var sessions = await CreateThreeAsync(server);
        var others = new[]
        {
            await server.CreateSessionAsync(cancellationToken: Cancelled),
            await server.CreateSessionAsync(Child(sessions[0]), Cancelled),
            await server.CreateSessionAsync(Child(sessions[1]), Cancelled),
            sessions[2],
        };
        await using var events = await server.OpenEventsAsync(Cancelled);
        // The child asks: what is below it does not answer for it either.
        var answer = server.PromptAsync(sessions[1], "[script:touch]", Cancelled);
        var request = (await events.UntilAsync("permission.asked")).Properties.GetProperty("id").GetString()!;

        foreach (var other in others)
        {
            foreach (var response in new[] { "once", "always", "reject" })
            {
                var (status, body) = await server.AskAsync(
                    HttpMethod.Post, $"/session/{other}/permissions/{request}", $$"""{"response":"{{response}}"}""", Cancelled);
                var error = JsonElement.Parse(body);
                Assert.Equal(HttpStatusCode.NotFound, status);
                Assert.Equal("PermissionNotFoundError", error.GetProperty("_tag").GetString());
                Assert.Equal(request, error.GetProperty("requestID").GetString());
            }
        }

        Assert.Single(await server.PermissionsAsync(Cancelled));
        await server.ReplyAsync(request, "once", cancellationToken: Cancelled);
        await answer;
        await events.UntilAsync("session.idle", sessions[1]);
        Assert.Equal("once", Assert.Single(events.Seen, static seen => seen.Type == "permission.replied").Properties.GetProperty("reply").GetString());
        Assert.Empty(await server.Engine.Store.ListApprovalsAsync(server.Directory, Cancelled));
    }

    private static async Task<TestServer> StartAsync(string bash)
    {
        var server = await TestServer.StartAsync(new() { Workspace = new() { Permission = $$"""{"bash":"{{bash}}"}""" } }, Cancelled);
        server.Model.Set("touch", ModelStep.Call("bash", """{"command":"touch made"}"""), ModelStep.Say("done"));
        return server;
    }

    private static async Task<IReadOnlyList<string>> CreateThreeAsync(TestServer server)
    {
        var root = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var child = await server.CreateSessionAsync(Child(root), Cancelled);
        return [root, child, await server.CreateSessionAsync(Child(child), Cancelled)];
    }

    private static string Child(string parent) => $$"""{"title":"a child","parentID":"{{parent}}"}""";

    private static JsonObject Queued(string text)
    {
        var prompt = ServerUnderTest.Prompt(text);
        prompt["delivery"] = "queue";
        return prompt;
    }

    private static async Task UntilIdleAsync(SseReader events, IReadOnlyList<string> sessions)
    {
        var busy = sessions.ToHashSet();
        foreach (var seen in events.Seen.Where(static seen => seen.Type == "session.idle"))
            busy.Remove(seen.SessionId!);
        for (var ends = 0; busy.Count > 0 && ends < 1000; ends++)
            busy.Remove((await events.UntilAsync("session.idle")).SessionId!);
    }
}
