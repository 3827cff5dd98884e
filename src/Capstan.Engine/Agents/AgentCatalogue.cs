using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration;

namespace Capstan.Engine.Agents;

/// <summary>The agents of a workspace: the built-in ones with the user's changes, and the user's own.</summary>
public sealed class AgentCatalogue
{
    private readonly Dictionary<string, AgentInfo> _byName;
    private readonly AgentCeilings? _ceilings;

    private AgentCatalogue(IReadOnlyList<AgentInfo> agents, IReadOnlyList<AgentInfo> shown, string? wanted, AgentCeilings? ceilings)
    {
        _ceilings = ceilings;
        var first = wanted ?? BuiltInAgents.Build;
        All = InOrder(agents);
        Shown = InOrder(shown);
        // The front matter of two files may claim the same name; then the later file has it.
        _byName = agents.GroupBy(agent => agent.Name, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.Last(), StringComparer.Ordinal);
        (Default, DefaultProblem) = ChooseDefault(agents, wanted);

        IReadOnlyList<AgentInfo> InOrder(IReadOnlyList<AgentInfo> list) =>
            [.. list.OrderByDescending(agent => agent.Name == first).ThenBy(agent => agent.Name, StringComparer.Ordinal)];
    }

    /// <summary>All agents: the default one first, then by name.</summary>
    public IReadOnlyList<AgentInfo> All { get; }

    /// <summary>
    /// The answer to <c>GET /agent</c>: all agents, with references in place of the values that they stand for, and without
    /// secrets.
    /// </summary>
    public IReadOnlyList<AgentInfo> Shown { get; }

    /// <summary>
    /// The agent for prompts that name none; null where the configured agent cannot be the default, or no agent can.
    /// </summary>
    public AgentInfo? Default { get; }

    /// <summary>Why there is no default agent, in words for the user; null where there is one.</summary>
    public string? DefaultProblem { get; }

    /// <summary>Builds the catalogue.</summary>
    /// <param name="config">The workspace's configuration.</param>
    /// <param name="paths">Capstan's directories, some of which agents may read without asking.</param>
    /// <param name="worktree">The project's top directory, or <c>/</c>.</param>
    /// <param name="readableDirectories">
    /// Further directories that agents may read without asking, such as those of skills.
    /// </param>
    public static AgentCatalogue Build(
        WorkspaceConfig config,
        ConfigPaths paths,
        string worktree,
        IReadOnlyList<string>? readableDirectories = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(paths);
        var reader = new AgentReader(paths, worktree, readableDirectories ?? []);
        var agents = reader.Read(config.Agents, config.Permission);
        return new AgentCatalogue(
            [.. agents.Values],
            [.. agents.Select(agent => Show(agent.Value, config.Shared.Map("agent")?[agent.Key] as JsonObject))],
            config.DefaultAgent,
            config.Trust.IsRestricted ? AgentCeilings.Build(reader, config.Outside, agents) : null);
    }

    /// <summary>
    /// The ceilings of an agent: the lists of rules that would hold without the project's files, each of which the agent's own
    /// rules may only narrow. There are none where projects are trusted.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<PermissionRule>> CeilingsOf(AgentInfo agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        return _ceilings?.Of(agent.Name) ?? [];
    }

    /// <summary>The agent of this name, or null.</summary>
    public AgentInfo? Find(string name) => _byName.GetValueOrDefault(name);

    private static AgentInfo Show(AgentInfo agent, JsonObject? written) => agent with
    {
        Description = written.Text("description") ?? (agent.Native == true ? agent.Description : null),
        Prompt = written.Text("prompt") is { Length: > 0 } prompt ? prompt : agent.Native == true ? agent.Prompt : null,
        Options = (JsonObject)(written.Map("options")?.DeepClone() ?? new JsonObject()),
    };

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
            null => (null, $"default_agent names {wanted}, which does not exist. There are: {string.Join(", ", _byName.Keys)}."),
            { Mode: BuiltInAgents.Subagent } => (null, $"default_agent names {wanted}, which is a subagent."),
            { Hidden: true } => (null, $"default_agent names {wanted}, which is hidden."),
            var agent => (agent, null),
        };
    }
}
