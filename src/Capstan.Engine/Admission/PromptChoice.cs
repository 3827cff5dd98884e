using Capstan.Contract;

namespace Capstan.Engine.Admission;

/// <summary>The agent and the model that answer a prompt.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Model">The model.</param>
/// <param name="IsStandIn">
/// Whether the model is the offline model, taken only because nobody chose a model and none is configured.
/// </param>
internal sealed record PromptChoice(string Agent, ModelRef Model, bool IsStandIn);
