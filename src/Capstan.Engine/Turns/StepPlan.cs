using Capstan.Contract;

namespace Capstan.Engine.Turns;

/// <summary>What a turn does next.</summary>
internal abstract record StepPlan
{
    /// <summary>The turn runs a step, whose message is open in the store.</summary>
    public sealed record Run(AssistantMessage Message, UserMessage Parent, AgentInfo Agent, ModelInfo Model, SessionInfo Session)
        : StepPlan
    {
        /// <summary>
        /// Calls of the message that had asked for a permission when their process died. The step resumes them in place of a
        /// model call.
        /// </summary>
        public IReadOnlyList<ToolPart> Waiting { get; init; } = [];
    }

    /// <summary>The turn has ended.</summary>
    /// <param name="HasMore">Whether prompts wait in the inbox for a turn of their own.</param>
    public sealed record End(bool HasMore) : StepPlan
    {
        /// <summary>Whether the turn has not ended: another process holds the session's lease and runs it.</summary>
        public bool IsElsewhere { get; init; }
    }
}
