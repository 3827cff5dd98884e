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

    [Fact]
    public void A_tool_is_hidden_only_when_the_last_rule_about_it_denies_everything()
    {
        Assert.True(PermissionRuleset.IsHidden("edit", Agent, [new("edit", "*", Deny)]));
        Assert.True(PermissionRuleset.IsHidden("edit", Agent, [new("*", "*", Deny)]));
        Assert.False(PermissionRuleset.IsHidden("edit", Agent, [new("edit", "*", Deny), new("edit", "a.md", Allow)]));
        Assert.False(PermissionRuleset.IsHidden("edit", Agent, [new("edit", "secret/*", Deny)]));
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
    }
}
