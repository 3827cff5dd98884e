using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Configuration;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Agents;

/// <summary>
/// Reads the agents of a configuration: the built-in agents with the configuration's changes, and the agents that it defines.
/// </summary>
/// <param name="paths">Capstan's directories, some of which agents may read without asking.</param>
/// <param name="worktree">The project's top directory, or <c>/</c>.</param>
/// <param name="readable">Further directories that agents may read without asking.</param>
internal sealed class AgentReader(ConfigPaths paths, string worktree, IReadOnlyList<string> readable)
{
    /// <summary>
    /// The agents by the keys under which they are configured. They keep the order of their definition, because the first that
    /// can be the default is the default.
    /// </summary>
    /// <param name="agents">The value of the key <c>agent</c>.</param>
    /// <param name="permission">The value of the key <c>permission</c>.</param>
    public OrderedDictionary<string, AgentInfo> Read(JsonObject agents, JsonObject permission)
    {
        // The user's rules come after the built-in agent's own rules, so that the user can allow what a built-in agent denies.
        var userRules = PermissionRuleset.Read(permission, paths.Home);
        var found = new OrderedDictionary<string, AgentInfo>(StringComparer.Ordinal);
        foreach (var agent in BuiltInAgents.All(paths, worktree, readable))
            found[agent.Name] = agent with { Permission = [.. agent.Permission, .. userRules] };
        foreach (var (name, node) in agents)
        {
            if (node is not JsonObject settings)
                continue;
            if (settings.Flag("disable") == true)
                found.Remove(name);
            else
                found[name] = Apply(found.GetValueOrDefault(name) ?? Unknown(name, userRules), settings, paths.Home);
        }

        foreach (var name in found.Keys.ToArray())
            found[name] = found[name] with { Permission = WithToolOutput(found[name].Permission) };
        return found;
    }

    /// <summary>The rules of an agent that is not built in and has no settings of its own.</summary>
    public IReadOnlyList<PermissionRule> RulesOfUnknown(JsonObject permission) =>
        WithToolOutput(Unknown("", PermissionRuleset.Read(permission, paths.Home)).Permission);

    private AgentInfo Unknown(string name, IReadOnlyList<PermissionRule> userRules) => new()
    {
        Name = name,
        Mode = "all",
        Native = false,
        Permission = [.. BuiltInAgents.BaseRules(paths, readable), .. userRules],
        Options = [],
    };

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

    // A tool whose output was cut tells the model which file has the whole output. The model must be able to read that file,
    // unless the user denied exactly that directory.
    private IReadOnlyList<PermissionRule> WithToolOutput(IReadOnlyList<PermissionRule> rules)
    {
        var rule = new PermissionRule("external_directory", paths.ToolOutput + "/*", PermissionAction.Allow);
        return rules.Contains(rule with { Action = PermissionAction.Deny }) ? rules : [.. rules, rule];
    }
}
