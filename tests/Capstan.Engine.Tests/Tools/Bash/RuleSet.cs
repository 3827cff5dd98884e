using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Permissions;
using Capstan.Engine.Tools.Bash;

namespace Capstan.Engine.Tests.Tools.Bash;

/// <summary>Permission rules as a configuration writes them, and what they say of a command line.</summary>
internal sealed class RuleSet(string permission)
{
    private readonly IReadOnlyList<PermissionRule> _rules = PermissionRuleset.Read(JsonNode.Parse(permission), "/home/user");

    /// <summary>The verdict on a line that is to run in the workspace's own directory.</summary>
    public PermissionAction Judge(string line, string workspace) =>
        BashJudgement.Judge(line, workspace, workspace, workspace, _rules).Action;
}
