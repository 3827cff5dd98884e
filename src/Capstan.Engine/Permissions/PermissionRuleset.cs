using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration;

namespace Capstan.Engine.Permissions;

/// <summary>
/// Decides by rules. Lists of rules are given in order (agent, session, approvals); of all rules that match, the last one counts.
/// </summary>
public static class PermissionRuleset
{
    /// <summary>The rule that decides; where no rule matches, a rule that asks.</summary>
    /// <param name="permission">The permission, such as <c>bash</c>.</param>
    /// <param name="pattern">What the permission is asked for.</param>
    /// <param name="lists">The rules, weakest list first.</param>
    public static PermissionRule Evaluate(string permission, string pattern, params ReadOnlySpan<IReadOnlyList<PermissionRule>> lists)
    {
        for (var list = lists.Length - 1; list >= 0; list--)
        {
            for (var i = lists[list].Count - 1; i >= 0; i--)
            {
                var rule = lists[list][i];
                if (Wildcard.Matches(permission, rule.Permission) && Wildcard.Matches(pattern, rule.Pattern))
                    return rule;
            }
        }

        return new PermissionRule(permission, "*", PermissionAction.Ask);
    }

    /// <summary>What the rules decide of an ask: the strictest decision on any of its subjects.</summary>
    public static PermissionAction Decide(PermissionAsk ask, params ReadOnlySpan<IReadOnlyList<PermissionRule>> lists)
    {
        ArgumentNullException.ThrowIfNull(ask);
        var rules = About(ask.Permission, lists);
        var decision = PermissionAction.Allow;
        foreach (var subject in ask.Subjects)
        {
            var action = subject.IsWhole ? DecideWhole(subject, rules)
                : subject.Unnamed is { } unnamed ? DecideNamed(subject, unnamed, rules)
                : Decide(subject, rules);
            if (action == PermissionAction.Deny)
                return action;
            if (action == PermissionAction.Ask)
                decision = action;
        }

        return decision;
    }

    /// <summary>
    /// What the rules decide where the agent's rules may only narrow its ceilings. The decision is made with the agent's rules,
    /// and with each ceiling in their place; the strictest decision counts. What people said of the session, and what they
    /// approved, comes after each of these lists.
    /// </summary>
    /// <param name="ask">What the call asks for.</param>
    /// <param name="ceilings">The lists of rules that the agent's rules may only narrow.</param>
    /// <param name="agent">The agent's rules.</param>
    /// <param name="later">The lists that come after the agent's rules, weakest first.</param>
    public static PermissionAction Decide(
        PermissionAsk ask,
        IReadOnlyList<IReadOnlyList<PermissionRule>> ceilings,
        IReadOnlyList<PermissionRule> agent,
        params ReadOnlySpan<IReadOnlyList<PermissionRule>> later)
    {
        ArgumentNullException.ThrowIfNull(ceilings);
        var decided = Decide(ask, [agent, .. later]);
        foreach (var ceiling in ceilings)
        {
            var most = Decide(ask, [ceiling, .. later]);
            if (Strictness(most) > Strictness(decided))
                decided = most;
        }

        return decided;
    }

    /// <summary>
    /// The last rule that matches the subject, whatever its gaps hold, decides. Rules behind that rule that only may match, or
    /// that match an alias of the subject, can only make the decision stricter: a rule that surely denies an alias denies the
    /// subject, and any other turns allow into ask.
    /// </summary>
    private static PermissionAction Decide(PermissionSubject subject, IReadOnlyList<PermissionRule> rules)
    {
        var mayAllow = true;
        foreach (var rule in rules.Reverse())
        {
            if (GappedText.Covers(subject.Judged, rule.Pattern) || rule.Pattern == subject.Text)
                return rule.Action == PermissionAction.Allow && !mayAllow ? PermissionAction.Ask : rule.Action;
            if (rule.Action == PermissionAction.Allow)
                continue;
            if (rule.Action == PermissionAction.Deny && subject.Aliases.Any(alias => GappedText.Covers(alias, rule.Pattern)))
                return PermissionAction.Deny;
            mayAllow = mayAllow && !GappedText.MayMatch(subject.Judged, rule.Pattern)
                && !subject.Aliases.Any(alias => GappedText.MayMatch(alias, rule.Pattern));
        }

        return PermissionAction.Ask;
    }

    /// <summary>
    /// A line that was not understood is denied where the last rule that matches its text, or an alias of it, denies. Otherwise
    /// the last one decides of the rules that ask, that deny, that are for everything, and that are for the line's own text; a
    /// deny for some pattern only asks, because it might be meant for the line. Rules before a rule for everything are of no
    /// effect, as for any call.
    /// </summary>
    private static PermissionAction DecideWhole(PermissionSubject subject, IReadOnlyList<PermissionRule> rules)
    {
        if (subject.Aliases.Append(subject.Text).Any(text => Last(text, rules)?.Action == PermissionAction.Deny))
            return PermissionAction.Deny;
        var last = rules.LastOrDefault(rule =>
            rule.Action != PermissionAction.Allow || rule.Pattern == "*" || IsItself(rule.Pattern, subject.Text));
        return last is null || (last.Action == PermissionAction.Deny && last.Pattern != "*") ? PermissionAction.Ask : last.Action;
    }

    /// <summary>
    /// The last rule that matches the subject or an alias decides, as ever, but a rule that allows without naming is passed over: it
    /// neither allows such a subject nor takes back what a rule before it allows by name.
    /// </summary>
    private static PermissionAction DecideNamed(PermissionSubject subject, PermissionAction unnamed, IReadOnlyList<PermissionRule> rules)
    {
        foreach (var rule in rules.Reverse())
        {
            var names = rule.Pattern.Length > 0 && rule.Pattern[0] is not ('*' or '?');
            if ((rule.Action == PermissionAction.Allow && !names)
                || !subject.Aliases.Append(subject.Text).Any(text => Wildcard.Matches(text, rule.Pattern)))
            {
                continue;
            }

            return rule.Action == PermissionAction.Ask && !names ? unnamed : rule.Action;
        }

        return unnamed;
    }

    private static bool IsItself(string pattern, string text) => pattern == text && !pattern.AsSpan().ContainsAny('*', '?');

    private static PermissionRule? Last(string text, IReadOnlyList<PermissionRule> rules) =>
        rules.LastOrDefault(rule => Wildcard.Matches(text, rule.Pattern));

    /// <summary>
    /// Whether a tool is kept from the model altogether: the last rule for its permission denies everything. A rule for some
    /// patterns only, whatever its action, leaves the tool visible.
    /// </summary>
    public static bool IsHidden(string permission, params ReadOnlySpan<IReadOnlyList<PermissionRule>> lists)
    {
        for (var list = lists.Length - 1; list >= 0; list--)
        {
            for (var i = lists[list].Count - 1; i >= 0; i--)
            {
                var rule = lists[list][i];
                if (Wildcard.Matches(permission, rule.Permission))
                    return rule is { Pattern: "*", Action: PermissionAction.Deny };
            }
        }

        return false;
    }

    /// <summary>The rules about a permission, in order. A model whose call a rule denies is told them.</summary>
    public static IReadOnlyList<PermissionRule> About(string permission, params ReadOnlySpan<IReadOnlyList<PermissionRule>> lists)
    {
        var found = new List<PermissionRule>();
        foreach (var list in lists)
            found.AddRange(list.Where(rule => Wildcard.Matches(permission, rule.Permission)));
        return found;
    }

    /// <summary>Reads rules from configuration: one action for everything, or a map in which order is precedence.</summary>
    /// <param name="permission">The value of the key <c>permission</c>.</param>
    /// <param name="home">The directory that <c>~</c> and <c>$HOME</c> stand for.</param>
    public static IReadOnlyList<PermissionRule> Read(JsonNode? permission, string home)
    {
        ArgumentNullException.ThrowIfNull(home);
        var rules = new List<PermissionRule>();
        foreach (var (name, value) in AgentSettings.ToMap(permission))
        {
            if (Action(value) is { } action)
                rules.Add(new PermissionRule(name, "*", action));
            foreach (var (pattern, inner) in value as JsonObject ?? [])
            {
                if (Action(inner) is { } specific)
                    rules.Add(new PermissionRule(name, Expand(pattern, home), specific));
            }
        }

        return rules;
    }

    private static int Strictness(PermissionAction action) => action switch
    {
        PermissionAction.Allow => 0,
        PermissionAction.Ask => 1,
        _ => 2,
    };

    private static PermissionAction? Action(JsonNode? value) => value.AsText() switch
    {
        "allow" => PermissionAction.Allow,
        "deny" => PermissionAction.Deny,
        "ask" => PermissionAction.Ask,
        _ => null,
    };

    private static string Expand(string pattern, string home)
    {
        foreach (var name in new[] { "~", "$HOME" })
        {
            if (pattern == name || pattern.StartsWith(name + "/", StringComparison.Ordinal))
                return home + pattern[name.Length..];
        }

        return pattern;
    }
}
