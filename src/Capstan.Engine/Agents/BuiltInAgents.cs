using Capstan.Contract;
using Capstan.Engine.Configuration;
using static Capstan.Contract.PermissionAction;

namespace Capstan.Engine.Agents;

/// <summary>
/// The built-in agents, with the rules of OpenCode's built-in agents (<c>GET /agent</c>) and with Capstan's own prompts and
/// descriptions.
/// </summary>
internal static class BuiltInAgents
{
    public const string Build = "build";
    public const string Plan = "plan";
    public const string Primary = "primary";
    public const string Subagent = "subagent";

    private static readonly string[] ExploreTools = ["grep", "glob", "list", "bash", "webfetch", "websearch", "read"];

    /// <summary>
    /// The rules that an agent begins with: everything is allowed, but a person is asked about paths outside the workspace, about
    /// calls that repeat themselves and about files that may hold secrets, and questions and plan mode are denied.
    /// </summary>
    public static IReadOnlyList<PermissionRule> BaseRules(ConfigPaths paths, IReadOnlyList<string> readableDirectories) =>
    [
        new("*", "*", Allow),
        new("doom_loop", "*", Ask),
        .. ExternalRules(paths, readableDirectories),
        new("question", "*", Deny),
        new("plan_enter", "*", Deny),
        new("plan_exit", "*", Deny),
        new("read", "*", Allow),
        new("read", "*.env", Ask),
        new("read", "*.env.*", Ask),
        new("read", "*.env.example", Allow),
    ];

    /// <summary>The built-in agents without the user's rules; an agent's own rules follow the base rules.</summary>
    public static IReadOnlyList<AgentInfo> All(ConfigPaths paths, string worktree, IReadOnlyList<string> readableDirectories)
    {
        var rules = BaseRules(paths, readableDirectories);
        PermissionRule[] nothing = [.. rules, new("*", "*", Deny)];
        return
        [
            Agent(Build, Primary, [.. rules, new("question", "*", Allow), new("plan_enter", "*", Allow)]) with
            {
                Description = "The default agent. Does the work, with the tools that the permissions allow.",
            },
            Agent(Plan, Primary, [.. rules, .. PlanRules(paths, worktree)]) with
            {
                Description = "Looks and plans, without changing files.",
            },
            Agent("general", Subagent, [.. rules, new("todowrite", "*", Deny)]) with
            {
                Description = "For research over many steps and for pieces of work that can be done side by side.",
            },
            Agent("explore", Subagent, [.. nothing, .. ExploreRules(paths, readableDirectories)]) with
            {
                Description = "For finding things in a code base quickly: files by name, text, how something works. "
                    + "Say how thorough to be: quick, medium or very thorough.",
                Prompt = PromptText.Explore,
            },
            Agent("compaction", Primary, nothing) with { Hidden = true, Prompt = PromptText.Compaction },
            Agent("title", Primary, nothing) with { Hidden = true, Prompt = PromptText.Title, Temperature = 0.5 },
            Agent("summary", Primary, nothing) with { Hidden = true, Prompt = PromptText.Summary },
        ];
    }

    private static AgentInfo Agent(string name, string mode, IReadOnlyList<PermissionRule> rules) =>
        new() { Name = name, Mode = mode, Native = true, Permission = rules, Options = [] };

    private static IEnumerable<PermissionRule> ExternalRules(ConfigPaths paths, IReadOnlyList<string> readableDirectories) =>
    [
        new("external_directory", "*", Ask),
        new("external_directory", paths.ToolOutput + "/*", Allow),
        new("external_directory", paths.Temporary + "/*", Allow),
        .. readableDirectories.Select(directory => new PermissionRule("external_directory", directory + "/*", Allow)),
    ];

    private static PermissionRule[] PlanRules(ConfigPaths paths, string worktree) =>
    [
        new("question", "*", Allow),
        new("plan_exit", "*", Allow),
        new("task", "general", Deny),
        new("external_directory", paths.Plans + "/*", Allow),
        new("edit", "*", Deny),
        new("edit", ".opencode/plans/*.md", Allow),
        new("edit", Path.GetRelativePath(worktree, paths.Plans).Replace('\\', '/') + "/*.md", Allow),
    ];

    private static IEnumerable<PermissionRule> ExploreRules(ConfigPaths paths, IReadOnlyList<string> readableDirectories) =>
    [
        .. ExploreTools.Select(tool => new PermissionRule(tool, "*", Allow)),
        .. ExternalRules(paths, readableDirectories),
    ];
}
