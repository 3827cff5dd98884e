using System.Text.Json;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Streams;
using Xunit;

namespace Capstan.Server.Tests.Permissions;

/// <summary>R10 where a permission is made of several: every pattern of a command counts, and every list of rules in its place.</summary>
public sealed class ComposedPermissionTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mkdir a; touch b; touch c")]
    [InlineData("touch b; mkdir a; touch c")]
    [InlineData("touch b; touch c; mkdir a")]
    public async Task R10_A_command_is_asked_for_when_any_of_its_parts_is(string command)
    {
        await using var run = await PermissionServer.StartAsync("""{"bash":{"*":"allow","mkdir *":"ask"}}""");

        var answer = run.RunAsync(command);
        var request = await run.AskedAsync();
        Assert.False(run.Exists("a") || run.Exists("b") || run.Exists("c"));
        Assert.Equal(command.Split("; "), PermissionServer.Patterns(request));
        await run.ReplyAsync(request, "once");
        await answer;

        Assert.True(run.Exists("a") && run.Exists("b") && run.Exists("c"));
        Assert.Equal(1, await run.CountAskedAsync());
    }

    [Theory]
    [InlineData("mkdir a; touch b; touch c")]
    [InlineData("touch b; mkdir a; touch c")]
    [InlineData("touch b; touch c; mkdir a")]
    public async Task R10_A_command_is_refused_as_a_whole_when_any_of_its_parts_is(string command)
    {
        // Asking for the others must not come before the refusal.
        await using var run = await PermissionServer.StartAsync("""{"bash":{"*":"ask","touch b":"allow","mkdir *":"deny"},"edit":{"*.md":"deny"}}""");

        Assert.Equal("done", Conversation.Text(await run.RunAsync(command)));

        Assert.False(run.Exists("a") || run.Exists("b") || run.Exists("c"));
        Assert.Equal(0, await run.CountAskedAsync());
        // The model is told the rules for this permission, and no others.
        Assert.Contains("""{"permission":"bash","pattern":"mkdir *","action":"deny"}""", Assert.Single(run.Results()), StringComparison.Ordinal);
        Assert.DoesNotContain("*.md", run.Results()[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"bash":"ask"}""", "touch b; mkdir c")]
    [InlineData("""{"bash":"ask"}""", "mkdir c; touch b")]
    // Only approvals release what waits: a rule allows the other half, and the request was asked all the same.
    [InlineData("""{"bash":{"*":"ask","mkdir *":"allow"}}""", "touch b; mkdir c")]
    public async Task R10_Always_releases_what_it_covers_and_nothing_that_it_covers_in_part(string rules, string inPart)
    {
        await using var run = await PermissionServer.StartAsync(rules);
        var other = await run.Server.CreateSessionAsync(cancellationToken: Cancelled);
        var answer = run.RunAsync("touch a", inPart, "touch d");
        var elsewhere = run.RunInAsync(other, "touch e");
        var requests = new List<JsonElement>();
        while (requests.Count < 4)
            requests.Add(await run.AskedAsync());

        await run.ReplyAsync(requests.Single(static request => Asks(request, "touch a")), "always");

        // What it covers in the same session is settled in the transaction of the answer, so nothing is left to wait for.
        var left = await run.Server.PermissionsAsync(Cancelled);
        Assert.Equal(2, left.Count);
        var part = left.Single(request => request.GetProperty("sessionID").GetString() == run.Session);
        Assert.Equal(inPart.Split("; "), PermissionServer.Patterns(part));
        Assert.Equal("touch e", Assert.Single(PermissionServer.Patterns(left.Single(request => request.GetProperty("sessionID").GetString() == other))));
        foreach (var request in left)
            await run.ReplyAsync(request, "once");
        await answer;
        await elsewhere;
        Assert.True(run.Exists("a") && run.Exists("b") && run.Exists("c") && run.Exists("d") && run.Exists("e"));
        await run.CountAskedAsync();
        Assert.Equal(
            ["always", "always", "once", "once"],
            run.Events.Seen.Where(static seen => seen.Type == "permission.replied")
                .Select(static seen => seen.Properties.GetProperty("reply").GetString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task R10_Once_releases_nothing_else_and_grants_nothing_for_later()
    {
        await using var run = await PermissionServer.StartAsync("""{"bash":"ask"}""");
        var answer = run.RunAsync("touch a", "touch b");
        var first = await run.AskedAsync();
        var second = await run.AskedAsync();

        await run.ReplyAsync(first, "once");

        Assert.Equal(PermissionServer.ID(second), PermissionServer.ID(Assert.Single(await run.Server.PermissionsAsync(Cancelled))));
        Assert.Empty(await run.Server.Engine.Store.ListApprovalsAsync(run.Server.Directory, Cancelled));
        await run.ReplyAsync(second, "once");
        await answer;
    }

    [Fact]
    public async Task R10_Once_releases_nothing_that_an_approval_of_another_session_covers()
    {
        await using var run = await PermissionServer.StartAsync("""{"bash":"ask"}""");
        var answer = run.RunAsync("touch a", "mkdir b");
        var requests = new[] { await run.AskedAsync(), await run.AskedAsync() };
        var other = await run.Server.CreateSessionAsync(cancellationToken: Cancelled);
        var granting = run.RunInAsync(other, "touch c");
        await run.ReplyAsync(await run.AskedAsync(), "always");
        await granting;

        await run.ReplyAsync(requests.Single(static request => Asks(request, "mkdir b")), "once");

        var left = Assert.Single(await run.Server.PermissionsAsync(Cancelled));
        Assert.Equal("touch a", Assert.Single(PermissionServer.Patterns(left)));
        await run.ReplyAsync(left, "once");
        await answer;
    }

    [Fact]
    public async Task R10_A_rejection_reaches_what_the_session_asks_and_no_other_session()
    {
        await using var run = await PermissionServer.StartAsync("""{"bash":"ask"}""");
        var other = await run.Server.CreateSessionAsync(cancellationToken: Cancelled);
        var answer = run.RunAsync("touch a", "mkdir b");
        var requests = new[] { await run.AskedAsync(), await run.AskedAsync() };
        var elsewhere = run.RunInAsync(other, "touch c");
        var third = await run.AskedAsync();

        await run.ReplyAsync(requests.Single(static request => Asks(request, "touch a")), "reject", "use another name");

        Assert.Equal(PermissionServer.ID(third), PermissionServer.ID(Assert.Single(await run.Server.PermissionsAsync(Cancelled))));
        await run.ReplyAsync(third, "once");
        // What is said goes to the call that it was said of; the other is only refused, which ends the turn.
        var parts = (await answer).GetProperty("parts").EnumerateArray()
            .Where(static part => part.GetProperty("type").GetString() == "tool")
            .ToDictionary(static part => part.GetProperty("state").GetProperty("input").GetProperty("command").GetString()!,
                static part => part.GetProperty("state").GetProperty("error").GetString()!);
        Assert.EndsWith("with the following feedback: use another name", parts["touch a"], StringComparison.Ordinal);
        Assert.Equal("The user rejected permission to use this specific tool call.", parts["mkdir b"]);
        await elsewhere;
        Assert.True(run.Exists("c"));
        Assert.False(run.Exists("a") || run.Exists("b"));
    }

    [Theory]
    // The agent's rules first, the session's over them.
    [InlineData("allow", "deny", null, "denied")]
    [InlineData("allow", "ask", null, "asked")]
    [InlineData("deny", "allow", null, "runs")]
    [InlineData("ask", "allow", null, "runs")]
    [InlineData("deny", "ask", null, "asked")]
    // Approvals over both, so that "always" keeps its word.
    [InlineData("ask", null, "always", "runs")]
    [InlineData("ask", "ask", "always", "runs")]
    [InlineData("ask", "deny", "always", "runs")]
    public async Task R10_The_sessions_rules_go_over_the_agents_and_approvals_over_both(string agent, string? session, string? reply, string expected)
    {
        await using var run = await PermissionServer.StartAsync($$$"""{"bash":{"*":"{{{agent}}}","echo *":"allow"}}""");
        if (reply is not null)
        {
            // The approval comes from a session without rules of its own: it holds in the whole workspace.
            var granting = run.RunAsync("touch first");
            await run.ReplyAsync(await run.AskedAsync(), reply);
            await granting;
        }

        var rules = session is null ? "[]" : $$"""[{"permission":"bash","pattern":"touch *","action":"{{session}}"}]""";
        var asker = await run.Server.CreateSessionAsync($$"""{"title":"a test","permission":{{rules}}}""", Cancelled);
        var answer = run.RunInAsync(asker, "touch made");
        if (expected == "asked")
        {
            var request = await run.AskedAsync();
            Assert.Equal(asker, request.GetProperty("sessionID").GetString());
            Assert.False(run.Exists("made"));
            await run.ReplyAsync(request, "reject");
        }

        await answer;
        Assert.Equal(expected == "runs", run.Exists("made"));
        Assert.Equal((reply is null ? 0 : 1) + (expected == "asked" ? 1 : 0), await run.CountAskedAsync());
    }

    [Fact]
    public async Task R10_An_approval_holds_in_its_own_workspace_only()
    {
        await using var run = await PermissionServer.StartAsync("""{"bash":"ask"}""");
        var answer = run.RunAsync("touch a");
        await run.ReplyAsync(await run.AskedAsync(), "always");
        await answer;
        run.Server.Workspace.Write("inner/opencode.json", "{}");
        using var client = run.Server.CreateClient(run.Server.Workspace.PathOf("inner"));

        using var created = await client.PostAsync("/session", new StringContent("""{"title":"inner"}""", null, "application/json"), Cancelled);
        var inner = JsonElement.Parse(await created.Content.ReadAsStringAsync(Cancelled)).GetProperty("id").GetString()!;
        await using var events = await SseReader.ConnectAsync(client, "/event", Cancelled);
        var second = run.RunInAsync(inner, "touch a");

        var request = (await events.UntilAsync("permission.asked", inner)).Properties;
        await run.ReplyAsync(request, "reject");
        await second;
    }

    private static bool Asks(JsonElement request, string command) => PermissionServer.Patterns(request).SequenceEqual([command]);
}
