using Capstan.Contract;
using Capstan.Engine.Models;
using Capstan.Engine.Status;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;

namespace Capstan.Engine.Turns;

/// <summary>Answers prompts: each step is one model call and the tool calls that it asks for (<see cref="Step"/>).</summary>
/// <param name="chatClients">Makes the clients of models.</param>
/// <param name="tools">Runs the tool calls.</param>
/// <param name="activities">Is told what the step waits for.</param>
/// <param name="observer">Logs and measures what the step does.</param>
/// <param name="identifiers">Makes the identifiers of parts.</param>
/// <param name="options">The limits of turns, which a workspace's settings override.</param>
/// <param name="jitter">Random numbers from 0 to 1 that spread retries.</param>
internal sealed class PromptExecutor(
    ChatClients chatClients,
    ToolDesk tools,
    SessionActivities activities,
    EngineObserver observer,
    IdentifierSource identifiers,
    TurnOptions options,
    Func<double> jitter) : IWorkExecutor
{
    public string Kind => WorkKind.Prompt;

    public bool MayJoin => true;

    public ChatClients ChatClients => chatClients;

    public ToolDesk Tools => tools;

    public SessionActivities Activities => activities;

    public EngineObserver Observer => observer;

    public IdentifierSource Identifiers => identifiers;

    public TurnOptions Options => options;

    public Func<double> Jitter => jitter;

    public AssistantMessage Open(AssistantMessage message, WorkRow work) => message;

    public Task<StepOutcome> RunAsync(StepScope scope, CancellationToken stop) => new Step(this, scope).RunAsync(stop);
}
