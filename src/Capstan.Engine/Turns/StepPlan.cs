using Capstan.Contract;

namespace Capstan.Engine.Turns;

/// <summary>What a turn does next.</summary>
internal abstract record StepPlan
{
    /// <summary>A step, whose message is open.</summary>
    public sealed record Run(AssistantMessage Message, UserMessage Parent, AgentInfo Agent, ModelInfo Model, SessionInfo Session)
        : StepPlan
    {
        /// <summary>Calls of the message that waited for a permission when their process died; the step goes on with them.</summary>
        public IReadOnlyList<ToolPart> Waiting { get; init; } = [];
    }

    /// <summary>Nothing: the turn has ended.</summary>
    /// <param name="HasMore">Whether prompts wait for a turn of their own.</param>
    public sealed record End(bool HasMore) : StepPlan;
}
