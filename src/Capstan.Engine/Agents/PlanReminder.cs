namespace Capstan.Engine.Agents;

/// <summary>
/// The text that follows the last user message of a request where the plan agent answers, and where the build agent takes over
/// from it. It is never stored.
/// </summary>
internal static class PlanReminder
{
    /// <summary>The text to append, or null.</summary>
    /// <param name="agent">The agent of the turn.</param>
    /// <param name="previousAgent">The agent that gave the last answer to another prompt, if one did.</param>
    public static string? For(string agent, string? previousAgent) => agent switch
    {
        BuiltInAgents.Plan => PromptText.PlanReminder,
        BuiltInAgents.Build when previousAgent == BuiltInAgents.Plan => PromptText.BuildReminder,
        _ => null,
    };
}
