using Capstan.Contract;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools.Bash;

/// <summary>Judges a command line by rules alone: the rules decide what the bash tool would ask for.</summary>
internal static class BashJudgement
{
    /// <param name="command">The command line.</param>
    /// <param name="workingDirectory">The directory in which the line starts; absolute.</param>
    /// <param name="workspaceDirectory">The session's directory; absolute.</param>
    /// <param name="worktree">The top directory of the checkout; <c>/</c> where there is no repository.</param>
    /// <param name="rules">The rules for all permissions; of several rules that match, the last one decides.</param>
    public static BashVerdict Judge(
        string command, string workingDirectory, string workspaceDirectory, string worktree, IReadOnlyList<PermissionRule> rules)
    {
        var verdict = new BashVerdict(PermissionAction.Allow, "all that it does is allowed");
        foreach (var ask in BashPermissions.Asks(command, workingDirectory, workspaceDirectory, worktree))
        {
            var action = PermissionRuleset.Decide(ask, rules);
            if (action == PermissionAction.Deny || (action == PermissionAction.Ask && verdict.Action == PermissionAction.Allow))
                verdict = new BashVerdict(action, Reason(ask));
            if (action == PermissionAction.Deny)
                break;
        }

        return verdict;
    }

    private static string Reason(PermissionAsk ask) => ask.NotUnderstood is { } construct
        ? $"not understood: {construct}"
        : $"{ask.Permission}: {string.Join(", ", ask.Patterns)}";
}
