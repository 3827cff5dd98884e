using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Agents;

/// <summary>The agents of a workspace: the built-in ones with the user's changes, and the user's own.</summary>
public sealed class AgentCatalogue
{
    private readonly Dictionary<string, AgentInfo> byName;

    private AgentCatalogue(IReadOnlyList<AgentInfo> agents, string? wanted)
    {
        var first = wanted ?? BuiltInAgents.Build;
        All =
        [
            .. agents.OrderByDescending(agent => agent.Name == first).ThenBy(agent => agent.Name, StringComparer.Ordinal),
        ];
        // The front matter of two files may claim one name; the later file has it.
        byName = agents.GroupBy(agent => agent.Name, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.Last(), StringComparer.Ordinal);
        (Default, DefaultProblem) = ChooseDefault(agents, wanted);
    }

    /// <summary>All agents in the order of <c>GET /agent</c>: the default one first, then by name.</summary>
    public IReadOnlyList<AgentInfo> All { get; }

    /// <summary>The agent for prompts that name none; null where the configured one cannot serve.</summary>
    public AgentInfo? Default { get; }

    /// <summary>Why there is no default agent, in words for the user; null where there is one.</summary>
    public string? DefaultProblem { get; }

    /// <summary>Builds the catalogue.</summary>
    /// <param name="config">The workspace's configuration.</param>
    /// <param name="paths">Where Capstan keeps what agents may read without being asked.</param>
    /// <param name="worktree">The project's top directory, or <c>/</c>.</param>
    /// <param name="readableDirectories">Further directories that may be read without being asked, such as those of skills.</param>
    public static AgentCatalogue Build(
        WorkspaceConfig config,
        ConfigPaths paths,
        string worktree,
        IReadOnlyList<string>? readableDirectories = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(paths);
        var readable = readableDirectories ?? [];
        // The user's rules come after what is the agent's own nature, so they can open what a built-in agent closes.
        var userRules = PermissionRuleset.Read(config.Permission, paths.Home);
        // In order, because the first that can serve is the default.
        var agents = new OrderedDictionary<string, AgentInfo>(StringComparer.Ordinal);
        foreach (var agent in BuiltInAgents.All(paths, worktree, readable))
            agents[agent.Name] = agent with { Permission = [.. agent.Permission, .. userRules] };
        foreach (var (name, node) in config.Agents)
        {
            if (node is not JsonObject settings)
                continue;
            if (settings.Flag("disable") == true)
            {
                agents.Remove(name);
                continue;
            }

            var known = agents.GetValueOrDefault(name) ?? new AgentInfo
            {
                Name = name,
                Mode = "all",
                Native = false,
                Permission = [.. BuiltInAgents.BaseRules(paths, readable), .. userRules],
                Options = [],
            };
            agents[name] = Apply(known, settings, paths.Home);
        }

        return new AgentCatalogue(
            [.. agents.Values.Select(agent => agent with { Permission = WithToolOutput(agent.Permission, paths) })],
            config.DefaultAgent);
    }

    /// <summary>The agent of this name, or null.</summary>
    public AgentInfo? Find(string name) => byName.GetValueOrDefault(name);

    private static AgentInfo Apply(AgentInfo agent, JsonObject settings, string home)
    {
        var options = (JsonObject)agent.Options.DeepClone();
        ConfigMerge.Into(options, settings.Map("options") ?? []);
        return agent with
        {
            Name = settings.Text("name") ?? agent.Name,
            Description = settings.Text("description") ?? agent.Description,
            Mode = settings.Text("mode") ?? agent.Mode,
            Hidden = settings.Flag("hidden") ?? agent.Hidden,
            Temperature = settings.Number("temperature") ?? agent.Temperature,
            TopP = settings.Number("top_p") ?? agent.TopP,
            Color = settings.Text("color") ?? agent.Color,
            Model = ModelRef.Parse(settings.Text("model")) ?? agent.Model,
            Variant = settings.Text("variant") ?? agent.Variant,
            Prompt = settings.Text("prompt") is { Length: > 0 } prompt ? prompt : agent.Prompt,
            Steps = (int?)settings.Number("steps") ?? agent.Steps,
            Permission = [.. agent.Permission, .. PermissionRuleset.Read(settings["permission"], home)],
            Options = options,
        };
    }

    // A tool whose output was cut tells the model which file has the rest: it must be able to read that file, unless the user
    // closed exactly that directory.
    private static IReadOnlyList<PermissionRule> WithToolOutput(IReadOnlyList<PermissionRule> rules, ConfigPaths paths)
    {
        var rule = new PermissionRule("external_directory", paths.ToolOutput + "/*", PermissionAction.Allow);
        return rules.Contains(rule with { Action = PermissionAction.Deny }) ? rules : [.. rules, rule];
    }

    private (AgentInfo? Agent, string? Problem) ChooseDefault(IReadOnlyList<AgentInfo> inOrderOfDefinition, string? wanted)
    {
        if (wanted is null)
        {
            var first = inOrderOfDefinition.FirstOrDefault(agent => agent.Mode != BuiltInAgents.Subagent && agent.Hidden != true);
            return first is null
                ? (null, "There is no agent that can be the default: all are disabled, hidden or subagents.")
                : (first, null);
        }

        return Find(wanted) switch
        {
            null => (null, $"default_agent names {wanted}, which does not exist. There are: {string.Join(", ", byName.Keys)}."),
            { Mode: BuiltInAgents.Subagent } => (null, $"default_agent names {wanted}, which is a subagent."),
            { Hidden: true } => (null, $"default_agent names {wanted}, which is hidden."),
            var agent => (agent, null),
        };
    }
}
