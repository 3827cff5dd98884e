using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Time;
using Xunit;

namespace Capstan.Server.Tests.Permissions;

/// <summary>R10 without a person: <c>permissionPolicy</c>, its modes, its deadline, and which of several counts.</summary>
public sealed class PermissionPolicyTests
{
    private const string Ask = """{"bash":"ask"}""";
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R10_The_policy_allow_runs_what_would_be_asked_and_asks_nobody()
    {
        await using var run = await PermissionServer.StartAsync(Ask, Session("""{"mode":"allow"}"""));

        Assert.Equal("done", Conversation.Text(await run.RunAsync("touch a; touch b")));

        Assert.True(run.Exists("a") && run.Exists("b"));
        Assert.Equal(0, await run.CountAskedAsync());
    }

    [Fact]
    public async Task R10_The_policy_deny_refuses_what_would_be_asked_and_says_why_and_the_turn_goes_on()
    {
        await using var run = await PermissionServer.StartAsync(Ask, Session("""{"mode":"deny"}"""));

        Assert.Equal("done", Conversation.Text(await run.RunAsync("touch a; touch b")));

        Assert.False(run.Exists("a") || run.Exists("b"));
        Assert.Equal(0, await run.CountAskedAsync());
        Assert.Equal(
            "This call needs a person's permission (bash: touch a, touch b), and this server runs without one. It was not run. "
            + "Go on without it, or say what is needed.",
            Assert.Single(run.Results()));
    }

    [Theory]
    [InlineData("allow", "deny", false)]
    [InlineData("deny", "allow", true)]
    public async Task R10_A_policy_says_nothing_about_what_a_rule_allows_or_denies(string mode, string rule, bool runs)
    {
        await using var run = await PermissionServer.StartAsync(
            $$$"""{"bash":{"*":"ask","touch *":"{{{rule}}}"}}""", Session($$"""{"mode":"{{mode}}"}"""));

        await run.RunAsync("touch a");

        Assert.Equal(runs, run.Exists("a"));
    }

    [Theory]
    [InlineData("""{"mode":"ask","deadline":60000}""", false)]
    [InlineData("""{"mode":"ask","deadline":60000,"answer":"deny"}""", false)]
    [InlineData("""{"mode":"ask","deadline":60000,"answer":"allow"}""", true)]
    public async Task R10_The_deadline_answers_when_nobody_has(string policy, bool runs)
    {
        var time = new FakeTime();
        await using var run = await PermissionServer.StartAsync(Ask, Session(policy), engine: options => options with { Time = time });
        var answer = run.RunAsync("touch a");
        var request = await run.AskedAsync();
        Assert.Equal(Start.AddMinutes(1).ToUnixTimeMilliseconds(), request.GetProperty("deadline").GetInt64());

        // Waits for a timer at the deadline: one that is due earlier or later is none of the request's.
        await time.PassAsync(Start.AddMinutes(1), Cancelled);

        Assert.Equal("done", Conversation.Text(await answer));
        Assert.Equal(runs, run.Exists("a"));
        Assert.Empty(await run.Server.PermissionsAsync(Cancelled));
        var replied = (await run.Events.UntilAsync("permission.replied", run.Session)).Properties;
        Assert.Equal(PermissionServer.ID(request), replied.GetProperty("requestID").GetString());
        Assert.Equal(runs ? "once" : "reject", replied.GetProperty("reply").GetString());
        if (!runs)
            Assert.EndsWith("Nobody answered in time. Go on without it, or say what is needed.", Assert.Single(run.Results()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task R10_An_answer_before_the_deadline_counts_and_the_deadline_no_more()
    {
        var time = new FakeTime();
        await using var run = await PermissionServer.StartAsync(
            Ask, Session("""{"mode":"ask","deadline":60000}"""), engine: options => options with { Time = time });
        var answer = run.RunAsync("touch a");
        var request = await run.AskedAsync();

        await run.ReplyAsync(request, "once");
        await answer;
        time.Advance(TimeSpan.FromMinutes(2));

        Assert.True(run.Exists("a"));
        Assert.Equal(1, await run.CountAskedAsync());
        Assert.Single(run.Events.Seen, static seen => seen.Type == "permission.replied");
    }

    [Fact]
    public async Task R10_Without_a_deadline_a_request_waits_for_ever()
    {
        var time = new FakeTime();
        await using var run = await PermissionServer.StartAsync(Ask, Session("""{"mode":"ask"}"""), engine: options => options with { Time = time });
        var answer = run.RunAsync("touch a");
        var request = await run.AskedAsync();
        Assert.False(request.TryGetProperty("deadline", out _));

        time.Advance(TimeSpan.FromDays(10));

        Assert.Single(await run.Server.PermissionsAsync(Cancelled));
        await run.ReplyAsync(request, "once");
        await answer;
    }

    [Theory]
    [InlineData(30, 30)]
    [InlineData(90, 0)]
    public async Task R10_A_deadline_goes_on_over_a_restart(int seconds, int left)
    {
        var time = new FakeTime();
        await using var run = await PermissionServer.StartAsync(
            Ask, Session("""{"mode":"ask","deadline":60000,"answer":"allow"}"""), engine: options => options with { Time = time });
        run.Server.Model.Set("touch", Testing.Models.ModelStep.Call("bash", """{"command":"touch a"}"""), Testing.Models.ModelStep.Say("done"));
        await run.Server.PromptWithoutWaitingAsync(run.Session, "[script:touch]", Cancelled);
        await run.AskedAsync();

        // The clock moves while no process has the session.
        await run.Server.RestartAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(seconds));
                return Task.CompletedTask;
            },
            Cancelled);
        await using var events = await run.Server.OpenEventsAsync(Cancelled);
        if (left > 0)
            await time.PassAsync(Start.AddMinutes(1), Cancelled);
        await Conversation.UntilIdleAsync(run.Server, events, Cancelled);

        Assert.True(run.Exists("a"));
        Assert.Equal("done", Conversation.Text((await run.Server.MessagesAsync(run.Session, Cancelled))[^1]));
    }

    [Theory]
    [InlineData("allow", "deny", "deny", "deny", "allow")]
    [InlineData("deny", "allow", "allow", "allow", "deny")]
    [InlineData(null, "allow", "deny", "deny", "allow")]
    [InlineData(null, "deny", "allow", "allow", "deny")]
    [InlineData(null, null, "allow", "deny", "allow")]
    [InlineData(null, null, "deny", "allow", "deny")]
    [InlineData(null, null, null, "allow", "allow")]
    [InlineData(null, null, null, "deny", "deny")]
    [InlineData(null, null, null, null, "ask")]
    public async Task R10_The_sessions_policy_goes_before_its_parents_the_agents_and_the_general_one(
        string? session, string? parent, string? agent, string? general, string counts)
    {
        await using var run = await PermissionServer.StartAsync(
            Ask,
            Session(parent is null ? null : $$"""{"mode":"{{parent}}"}"""),
            configuration =>
            {
                var capstan = new JsonObject { ["agents"] = new JsonObject { ["plan"] = Policy("allow") } };
                if (agent is not null)
                    capstan["agents"]!["build"] = Policy(agent);
                if (general is not null)
                    capstan["permissionPolicy"] = new JsonObject { ["mode"] = general };
                configuration["capstan"] = capstan;
            });
        // Two below: the parent's parent counts as well.
        var middle = await run.Server.CreateSessionAsync($$"""{"title":"middle","parentID":"{{run.Session}}"}""", Cancelled);
        var body = JsonNode.Parse(Session(session is null ? null : $$"""{"mode":"{{session}}"}"""))!;
        body["parentID"] = middle;
        var child = await run.Server.CreateSessionAsync(body.ToJsonString(), Cancelled);

        var answer = run.RunInAsync(child, "touch a");
        if (counts == "ask")
            await run.ReplyAsync(await run.AskedAsync(), "reject");
        await answer;

        Assert.Equal(counts == "allow", run.Exists("a"));
        Assert.Equal(counts == "ask" ? 1 : 0, await run.CountAskedAsync());
    }

    [Fact]
    public async Task R10_A_policy_is_changed_with_the_session_and_counts_from_the_next_call_on()
    {
        await using var run = await PermissionServer.StartAsync(Ask, Session("""{"mode":"deny"}"""));
        await run.RunAsync("touch a");

        var (status, body) = await run.Server.AskAsync(
            HttpMethod.Patch, $"/session/{run.Session}", """{"permissionPolicy":{"mode":"allow"}}""", Cancelled);
        await run.RunAsync("touch b");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("allow", JsonElement.Parse(body).GetProperty("permissionPolicy").GetProperty("mode").GetString());
        Assert.False(run.Exists("a"));
        Assert.True(run.Exists("b"));
    }

    [Theory]
    [InlineData("""{"mode":"ask","deadline":0}""", "the deadline must be more than 0 milliseconds")]
    [InlineData("""{"mode":"ask","deadline":-1}""", "the deadline must be more than 0 milliseconds")]
    [InlineData("""{"mode":"ask","deadline":1,"answer":"ask"}""", "the answer at the deadline must be allow or deny")]
    [InlineData("""{"mode":"ask","answer":"deny"}""", "an answer needs a deadline")]
    [InlineData("""{"mode":"ask","deadline":1}""", null)]
    [InlineData("""{"mode":"ask","deadline":1,"answer":"allow"}""", null)]
    public async Task R12_A_policy_that_contradicts_itself_is_refused(string policy, string? problem)
    {
        await using var run = await PermissionServer.StartAsync(Ask);
        var before = await run.Server.EventCountAsync(Cancelled);

        var (status, body) = await run.Server.AskAsync(HttpMethod.Post, "/session", Session(policy), Cancelled);

        Assert.Equal(problem is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest, status);
        if (problem is not null)
        {
            Assert.Contains(problem, body, StringComparison.Ordinal);
            Assert.Contains("permissionPolicy", body, StringComparison.Ordinal);
            Assert.Equal(before, await run.Server.EventCountAsync(Cancelled));
        }
    }

    private static JsonObject Policy(string mode) => new() { ["permissionPolicy"] = new JsonObject { ["mode"] = mode } };

    private static string Session(string? policy) =>
        policy is null ? """{"title":"a test"}""" : $$"""{"title":"a test","permissionPolicy":{{policy}}}""";
}
