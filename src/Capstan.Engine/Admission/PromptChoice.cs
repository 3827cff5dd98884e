using Capstan.Contract;

namespace Capstan.Engine.Admission;

/// <summary>Who answers a prompt.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Model">The model.</param>
/// <param name="IsStandIn">Whether the model is the offline one, and only because nobody chose any and none is configured.</param>
internal sealed record PromptChoice(string Agent, ModelRef Model, bool IsStandIn);
