using Capstan.Contract;
using Capstan.Engine.Permissions;

namespace Capstan.Engine.Tools;

/// <summary>All tools, and which of them a step may call.</summary>
public sealed class ToolSet(IReadOnlyList<ITool> tools)
{
    private readonly IReadOnlyList<ITool> _tools = [.. tools.OrderBy(static tool => tool.Definition.ID, StringComparer.Ordinal)];

    /// <summary>The names of all tools, sorted.</summary>
    public IEnumerable<string> Names => _tools.Select(static tool => tool.Definition.ID);

    /// <summary>
    /// Lists the tools of a step, sorted by name: those that the model is offered, that no rule hides, and that the prompt does not
    /// switch off.
    /// </summary>
    /// <param name="model">The model of the step.</param>
    /// <param name="agent">The agent of the step, with its rules.</param>
    /// <param name="ceilings">Lists of rules that the agent's own rules may only narrow.</param>
    /// <param name="session">The session of the step, with its rules.</param>
    /// <param name="prompt">The prompt, which may switch tools off.</param>
    public IReadOnlyList<ITool> For(
        ModelInfo model, AgentInfo agent, IReadOnlyList<IReadOnlyList<PermissionRule>> ceilings, SessionInfo session, UserMessage prompt)
    {
        var visible = new List<ITool>(_tools.Count);
        foreach (var tool in _tools)
        {
            if (!tool.Definition.IsOfferedTo(model))
                continue;
            if (prompt.Tools?.TryGetValue(tool.Definition.ID, out var isOn) == true && !isOn)
                continue;
            var isHidden = ceilings.Prepend(agent.Permission)
                .Any(rules => PermissionRuleset.IsHidden(tool.Definition.Permission, rules, session.Permission ?? []));
            if (!isHidden)
                visible.Add(tool);
        }

        return visible;
    }
}
