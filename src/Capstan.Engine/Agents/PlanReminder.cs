namespace Capstan.Engine.Agents;

/// <summary>What the last user message of a request is followed by in plan mode and just after it. It is never stored.</summary>
public static class PlanReminder
{
    /// <summary>The text to append, or null.</summary>
    /// <param name="agent">The agent of the turn.</param>
    /// <param name="previousAgent">The agent of the assistant's last turn, if there was one.</param>
    public static string? For(string agent, string? previousAgent) => agent switch
    {
        BuiltInAgents.Plan => PromptText.PlanReminder,
        BuiltInAgents.Build when previousAgent == BuiltInAgents.Plan => PromptText.BuildReminder,
        _ => null,
    };
}
