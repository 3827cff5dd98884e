using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Permissions;
using Xunit;
using static Capstan.Contract.PermissionAction;

namespace Capstan.Engine.Tests.Permissions;

public sealed class PermissionRulesetTests
{
    private static readonly PermissionRule[] Agent = [new("*", "*", Allow), new("bash", "*", Ask), new("bash", "git *", Allow)];

    [Fact]
    public void The_last_rule_that_matches_counts()
    {
        Assert.Equal(Allow, PermissionRuleset.Evaluate("bash", "git status", Agent).Action);
        Assert.Equal(Ask, PermissionRuleset.Evaluate("bash", "rm x", Agent).Action);
        Assert.Equal(Allow, PermissionRuleset.Evaluate("read", "x", Agent).Action);
    }

    [Fact]
    public void Later_lists_win_over_earlier_ones()
    {
        PermissionRule[] session = [new("bash", "*", Deny)];
        PermissionRule[] approvals = [new("bash", "git *", Allow)];
        Assert.Equal(Deny, PermissionRuleset.Evaluate("bash", "git status", Agent, session).Action);
        Assert.Equal(Allow, PermissionRuleset.Evaluate("bash", "git status", Agent, session, approvals).Action);
    }

    [Fact]
    public void Without_a_rule_it_asks() => Assert.Equal(Ask, PermissionRuleset.Evaluate("bash", "x").Action);

    [Theory]
    [InlineData("git log|git status", Allow)]
    [InlineData("rm x|git status", Ask)]
    [InlineData("git status|rm x", Ask)]
    [InlineData("git push|git status", Deny)]
    [InlineData("git status|git push", Deny)]
    [InlineData("git push|rm x", Deny)]
    [InlineData("rm x|git push", Deny)]
    // Nothing that is asked for is nothing to refuse.
    [InlineData("", Allow)]
    public void Of_what_an_ask_is_made_of_the_strictest_answer_counts(string patterns, PermissionAction expected)
    {
        PermissionRule[] session = [new("bash", "git push", Deny)];
        var ask = new PermissionAsk("bash", patterns.Split('|', StringSplitOptions.RemoveEmptyEntries), [], []);

        Assert.Equal(expected, PermissionRuleset.Decide(ask, Agent, session));
    }

    [Fact]
    public void What_a_refused_model_is_told_are_the_rules_for_its_permission_in_their_order()
    {
        PermissionRule[] session = [new("edit", "*", Deny), new("ba*", "x", Deny)];

        Assert.Equal([.. Agent, session[1]], PermissionRuleset.About("bash", Agent, session));
        Assert.Equal([Agent[0]], PermissionRuleset.About("read", Agent, session));
        Assert.Empty(PermissionRuleset.About("read"));
    }

    [Fact]
    public void A_tool_is_hidden_only_when_the_last_rule_about_it_denies_everything()
    {
        Assert.True(PermissionRuleset.IsHidden("edit", Agent, [new("edit", "*", Deny)]));
        Assert.True(PermissionRuleset.IsHidden("edit", Agent, [new("*", "*", Deny)]));
        Assert.False(PermissionRuleset.IsHidden("edit", Agent, [new("edit", "*", Deny), new("edit", "a.md", Allow)]));
        Assert.False(PermissionRuleset.IsHidden("edit", Agent, [new("edit", "secret/*", Deny)]));
        Assert.False(PermissionRuleset.IsHidden("edit", Agent, [new("edit", "*", Ask)]));
        // The last list counts, and in it the last rule.
        Assert.True(PermissionRuleset.IsHidden("bash", [new("bash", "*", Allow)], [new("bash", "*", Deny)]));
        Assert.False(PermissionRuleset.IsHidden("bash", [new("bash", "*", Deny)], [new("bash", "*", Allow)]));
        Assert.False(PermissionRuleset.IsHidden("edit", [], [new("bash", "*", Deny)]));
        Assert.False(PermissionRuleset.IsHidden("edit"));
    }

    [Fact]
    public void Configuration_is_read_in_its_order_with_home_filled_in()
    {
        var map = JsonNode.Parse("""{"edit":"deny","bash":{"*":"ask","~/x *":"deny","$HOME/y":"allow","~z":"deny"}}""");
        Assert.Equal(
            [
                new("edit", "*", Deny), new("bash", "*", Ask), new("bash", "/home/me/x *", Deny), new("bash", "/home/me/y", Allow),
                new("bash", "~z", Deny),
            ],
            PermissionRuleset.Read(map, "/home/me"));
        Assert.Equal([new("*", "*", Allow)], PermissionRuleset.Read(JsonValue.Create("allow"), "/home/me"));
        Assert.Empty(PermissionRuleset.Read(null, "/home/me"));
        // What is no action is no rule.
        Assert.Equal(
            [new("bash", "b", Ask), new("bash", "/home/me", Allow)],
            PermissionRuleset.Read(JsonNode.Parse("""{"read":"perhaps","edit":7,"bash":{"a":"perhaps","b":"ask","~":"allow"}}"""), "/home/me"));
    }
}
