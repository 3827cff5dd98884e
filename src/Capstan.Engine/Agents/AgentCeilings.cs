using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration;

namespace Capstan.Engine.Agents;

/// <summary>
/// The most that agents may do where projects are restricted: the rules that would hold without the project's files. These rules
/// are kept apart from the agent's own, because in one list the last rule that matches counts, and the project's rules come last.
/// </summary>
internal sealed class AgentCeilings
{
    private readonly Dictionary<string, List<IReadOnlyList<PermissionRule>>> _byName = new(StringComparer.Ordinal);

    /// <summary>Builds the ceilings of all agents.</summary>
    /// <param name="reader">Reads the agents of a configuration.</param>
    /// <param name="outside">The configuration without the project's files.</param>
    /// <param name="agents">The agents of the whole configuration, the project's files included, by their keys.</param>
    public static AgentCeilings Build(AgentReader reader, JsonObject outside, IReadOnlyDictionary<string, AgentInfo> agents)
    {
        var ceilings = new AgentCeilings();
        var permission = outside.Map("permission") ?? [];
        var known = reader.Read(outside.Map("agent") ?? [], permission);
        foreach (var (key, agent) in agents)
        {
            // A file of the project may give one agent the name of another. The rules of both are then ceilings, so that the
            // renamed agent escapes neither.
            foreach (var (knownKey, knownAgent) in known)
            {
                if (knownKey == key || knownAgent.Name == agent.Name)
                    ceilings.Add(agent.Name, knownAgent.Permission);
            }

            if (!ceilings._byName.ContainsKey(agent.Name))
                ceilings.Add(agent.Name, reader.RulesOfUnknown(permission));
        }

        return ceilings;
    }

    /// <summary>The lists of rules of which each has to allow what an agent does.</summary>
    public IReadOnlyList<IReadOnlyList<PermissionRule>> Of(string name) => _byName.GetValueOrDefault(name) ?? [];

    private void Add(string name, IReadOnlyList<PermissionRule> rules)
    {
        if (!_byName.TryGetValue(name, out var lists))
            _byName[name] = lists = [];
        lists.Add(rules);
    }
}
