using System.Text.Json;
using Capstan.Server.Tests.Rules;
using Xunit;

namespace Capstan.Server.Tests.Permissions;

/// <summary>R10 for command lines that are not understood, and for what redirections write: as clients and models see it.</summary>
public sealed class WholeLinePermissionTests
{
    private const string Touch = """{"bash":{"*":"ask","touch *":"allow","eval *":"allow","git *":"allow"}}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R10_A_line_that_is_not_understood_is_asked_for_as_a_whole_and_always_covers_that_very_text()
    {
        await using var run = await PermissionServer.StartAsync(Touch);
        var answer = run.RunAsync("touch a; eval touch b");
        var request = await run.AskedAsync();

        Assert.Equal(["touch a; eval touch b"], PermissionServer.Patterns(request));
        Assert.Equal("""["touch a; eval touch b"]""", request.GetProperty("always").GetRawText());
        Assert.True(request.GetProperty("whole").GetBoolean());
        Assert.Equal(
            "eval, which evaluates what it is given (at character 10)",
            request.GetProperty("metadata").GetProperty("notUnderstood").GetString());
        Assert.False(run.Exists("a") || run.Exists("b"));
        await run.ReplyAsync(request, "always");
        await answer;
        Assert.True(run.Exists("a") && run.Exists("b"));

        await run.RunAsync("touch a; eval touch b");
        Assert.Equal(1, await run.CountAskedAsync());
        var other = run.RunAsync("touch a; eval touch c");
        await run.ReplyAsync(await run.AskedAsync(), "reject");
        await other;
        Assert.False(run.Exists("c"));
    }

    [Fact]
    public async Task R10_A_text_with_a_wildcard_in_it_is_never_a_standing_approval()
    {
        await using var run = await PermissionServer.StartAsync("""{"bash":"ask"}""");
        var answer = run.RunAsync("eval echo *");
        var request = await run.AskedAsync();
        Assert.Equal("[]", request.GetProperty("always").GetRawText());
        await run.ReplyAsync(request, "always");
        await answer;

        Assert.Empty(await run.Server.Engine.Store.ListApprovalsAsync(run.Server.Directory, Cancelled));
    }

    [Fact]
    public async Task R10_Always_for_a_pattern_releases_no_line_that_was_not_understood()
    {
        await using var run = await PermissionServer.StartAsync("""{"bash":"ask"}""");
        var answer = run.RunAsync("touch a", "touch b ${x@P}");
        var requests = new[] { await run.AskedAsync(), await run.AskedAsync() };
        var plain = requests.Single(static request => !request.TryGetProperty("whole", out _));
        Assert.Equal("""["touch *"]""", plain.GetProperty("always").GetRawText());

        await run.ReplyAsync(plain, "always");

        var left = Assert.Single(await run.Server.PermissionsAsync(Cancelled));
        Assert.Equal(["touch b ${x@P}"], PermissionServer.Patterns(left));
        await run.ReplyAsync(left, "reject");
        await answer;
        Assert.False(run.Exists("b"));
    }

    [Fact]
    public async Task R10_Without_a_person_it_is_refused_and_the_model_is_told_which_construct_it_was()
    {
        await using var run = await PermissionServer.StartAsync(Touch, """{"title":"a test","permissionPolicy":{"mode":"deny"}}""");

        Assert.Equal("done", Conversation.Text(await run.RunAsync("touch a; declare x")));

        Assert.False(run.Exists("a"));
        Assert.Equal(0, await run.CountAskedAsync());
        Assert.Contains("because it has declare, which evaluates what it is given (at character 10)", Assert.Single(run.Results()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task R10_A_model_whose_line_a_rule_denies_is_told_the_rules_and_why_it_was_judged_as_a_whole()
    {
        await using var run = await PermissionServer.StartAsync("""{"bash":{"*":"allow","touch *":"deny"}}""");

        await run.RunAsync("touch a; declare x");

        var result = Assert.Single(run.Results());
        Assert.StartsWith(
            "A rule in the configuration denies this call, so it was not run. The line was judged as a whole because it has declare, which "
            + "evaluates what it is given (at character 10); rules for single commands can allow a line without it. The rules for it, of "
            + "which the last that matches counts: [{",
            result,
            StringComparison.Ordinal);
        Assert.EndsWith(
            """{"permission":"bash","pattern":"*","action":"allow"},{"permission":"bash","pattern":"touch *","action":"deny"}]""",
            result,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task R10_What_a_line_writes_is_asked_for_as_an_edit()
    {
        await using var run = await PermissionServer.StartAsync("""{"bash":"allow","edit":{"*":"allow","made":"ask","kept":"deny"}}""");
        var answer = run.RunAsync("echo x > made");
        var request = await run.AskedAsync();

        Assert.Equal("edit", request.GetProperty("permission").GetString());
        Assert.Equal(["made"], PermissionServer.Patterns(request));
        await run.ReplyAsync(request, "once");
        await answer;
        Assert.True(run.Exists("made"));
        await run.RunAsync("{ echo x; } >| kept");
        Assert.False(run.Exists("kept"));
    }
}
