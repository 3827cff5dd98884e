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

    [Theory]
    // Rules for everything neither allow what has to be named, nor take back what a rule before them allows by name.
    [InlineData("*=allow", "*", Unnamed)]
    [InlineData("?*=allow", "*", Unnamed)]
    [InlineData("*.1=allow", "*", Unnamed)]
    [InlineData("", "*", Unnamed)]
    [InlineData("*=ask", "*", Unnamed)]
    [InlineData("127.0.0.1=allow", "*", Allow)]
    [InlineData("127.*=allow", "*", Allow)]
    [InlineData("home=allow", "*", Allow)]
    [InlineData("127.0.0.2=allow", "*", Unnamed)]
    [InlineData("127.0.0.1=allow *=allow", "*", Allow)]
    [InlineData("127.0.0.1=allow *=ask", "*", Unnamed)]
    [InlineData("127.0.0.1=allow *=deny", "*", Deny)]
    [InlineData("*=deny 127.0.0.1=allow", "*", Allow)]
    [InlineData("127.0.0.1=allow home=deny", "*", Deny)]
    [InlineData("127.0.0.1=allow 127.*=ask", "*", Ask)]
    [InlineData("127.0.0.1=allow", "bash", Unnamed)]
    public void What_has_to_be_named_is_allowed_by_no_rule_that_does_not_name_it(string rules, string permission, PermissionAction decision)
    {
        PermissionRule[] list = [.. rules.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(rule => new PermissionRule(
            permission, rule[..rule.IndexOf('=', StringComparison.Ordinal)], Enum.Parse<PermissionAction>(rule[(rule.IndexOf('=', StringComparison.Ordinal) + 1)..], true)))];
        foreach (var unnamed in new[] { Ask, Deny })
        {
            var ask = new PermissionAsk("webfetch", ["127.0.0.1"], [], [])
            {
                Subjects = [new PermissionSubject("127.0.0.1") { Unnamed = unnamed, Aliases = ["home"] }],
            };
            Assert.Equal(decision == Unnamed ? unnamed : decision, PermissionRuleset.Decide(ask, list));
        }
    }

    // Stands for whichever decision the subject carries.
    private const PermissionAction Unnamed = (PermissionAction)99;

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

    [Theory]
    // Of "git" with an argument that is not known, a rule must hold whatever it is before it allows.
    [InlineData("*=ask|git *=allow", Allow)]
    [InlineData("git *=allow|git push *=deny", Ask)]
    [InlineData("git *=allow|git push *=ask", Ask)]
    [InlineData("git push *=deny|git *=allow", Allow)]
    [InlineData("git *=deny|git push *=allow", Deny)]
    [InlineData("git *=ask|git push *=deny", Ask)]
    [InlineData("git *=allow|rm *=deny", Allow)]
    [InlineData("git *=deny|git $x=allow", Allow)]
    [InlineData("git push *=allow", Ask)]
    [InlineData("rm *=deny", Ask)]
    public void What_is_not_known_yet_is_allowed_only_where_it_cannot_matter(string rules, PermissionAction expected) =>
        Assert.Equal(expected, Decide(rules, new PermissionSubject("git $x") { Judged = $"git {PermissionSubject.Gap}" }));

    [Theory]
    [InlineData("*=allow|rm *=deny", "rm x", Deny)]
    [InlineData("*=allow|rm *=ask", "rm x", Ask)]
    [InlineData("*=ask|rm *=allow", "rm x", Ask)]
    [InlineData("rm *=deny|*=allow", "rm x", Allow)]
    [InlineData("*=allow|rm *=deny|/bin/rm *=allow", "rm x", Allow)]
    [InlineData("*=deny|rm *=ask", "rm x", Deny)]
    [InlineData("rm *=deny", "rm x", Deny)]
    [InlineData("*=allow|ls *=deny", "rm x", Allow)]
    [InlineData("*=allow|rm y=deny", "rm _", Ask)]
    [InlineData("*=allow|rm *=deny", "rm _", Deny)]
    public void Another_name_of_the_same_thing_can_only_make_the_answer_stricter(string rules, string alias, PermissionAction expected) =>
        Assert.Equal(
            expected, Decide(rules, new PermissionSubject("/bin/rm x") { Aliases = ["other x", alias.Replace('_', PermissionSubject.Gap)] }));

    [Theory]
    [InlineData("*=allow", Allow)]
    [InlineData("*=deny", Deny)]
    [InlineData("*=allow|touch *=ask", Ask)]
    [InlineData("touch *=ask|*=allow", Allow)]
    [InlineData("*=ask|touch *=allow", Ask)]
    [InlineData("touch *=allow", Ask)]
    [InlineData("*=allow|ls *=deny", Ask)]
    [InlineData("ls *=deny|*=allow", Allow)]
    [InlineData("*=allow|touch *=deny", Deny)]
    [InlineData("*=allow|rm *=deny", Deny)]
    [InlineData("*=deny|touch *=allow", Deny)]
    // Its very own text allows it, but not where a star in it may stand for more.
    [InlineData("*=ask|touch a; eval b=allow", Allow)]
    // Its other name is denied all the same.
    [InlineData("*=deny|touch a; eval b=allow", Deny)]
    [InlineData("touch a; eval b=allow|*=ask", Ask)]
    [InlineData("*=ask|touch *; eval b=allow", Ask)]
    public void What_is_not_understood_is_allowed_by_a_rule_for_everything_or_by_its_own_text(string rules, PermissionAction expected) =>
        Assert.Equal(expected, Decide(rules, new PermissionSubject("touch a; eval b") { IsWhole = true, Aliases = ["rm b"] }));

    [Theory]
    [InlineData("eval *")]
    [InlineData("eval ?")]
    public void A_text_that_reads_like_a_pattern_is_no_rule_for_itself(string text) =>
        Assert.Equal(Ask, Decide($"*=ask|{text}=allow", new PermissionSubject(text) { IsWhole = true }));

    [Theory]
    [InlineData("", "*=allow", "", Allow)]
    [InlineData("*=ask", "*=allow", "", Ask)]
    [InlineData("*=deny", "*=allow", "", Deny)]
    [InlineData("*=allow", "*=deny", "", Deny)]
    [InlineData("*=allow", "*=ask", "", Ask)]
    [InlineData("*=ask", "*=deny", "", Deny)]
    [InlineData("*=ask;*=deny", "*=allow", "", Deny)]
    [InlineData("*=deny;*=ask", "*=allow", "", Deny)]
    [InlineData("*=allow;*=ask", "*=allow", "", Ask)]
    // What people said of the session comes after both.
    [InlineData("*=deny", "*=allow", "*=allow", Allow)]
    [InlineData("*=allow", "*=allow", "*=deny", Deny)]
    public void Where_rules_may_only_be_narrowed_the_strictest_counts(string ceilings, string agent, string later, PermissionAction expected)
    {
        var ask = new PermissionAsk("bash", ["ls"], [], []);

        Assert.Equal(
            expected,
            PermissionRuleset.Decide(
                ask, [.. ceilings.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(Rules)], Rules(agent), Rules(later)));
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
        Assert.True(PermissionRuleset.IsHidden("edit", [new("edit", "*", Deny)], [new("bash", "*", Allow)]));
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

    private static PermissionAction Decide(string rules, PermissionSubject subject) =>
        PermissionRuleset.Decide(new PermissionAsk("bash", [subject.Text], [], []) { Subjects = [subject] }, Rules(rules));

    // Patterns of bash and what they say: "git *=allow|git push *=deny".
    private static PermissionRule[] Rules(string rules) =>
        [.. rules.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(static rule => rule.Split('='))
            .Select(static rule => new PermissionRule("bash", rule[0], Enum.Parse<PermissionAction>(rule[1], ignoreCase: true)))];
}
