using System.Diagnostics;
using Capstan.Contract;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;

namespace Capstan.Engine.Turns;

/// <summary>Measures one turn, from its first step to its end, for the log, the spans and the instruments.</summary>
internal sealed class TurnObservation(EngineObserver observer, string sessionID) : IDisposable
{
    private long _start;
    private Activity? _span;
    private string _agent = "";
    private string _model = "";
    private int _steps;
    // The outcome of a turn whose end was not stored: the engine failed, and the turn will be taken up again.
    private string _outcome = "interrupted";
    private bool _isBegun;
    private TokenUsage _tokens = TokenUsage.Zero;

    /// <summary>Notes that a step begins.</summary>
    /// <returns>The observation of the step, to be disposed when the step has ended.</returns>
    public StepObservation BeginStep(StepPlan.Run plan)
    {
        (_agent, _model) = (plan.Agent.Name, $"{plan.Model.ProviderID}/{plan.Model.ID}");
        if (_steps++ == 0)
        {
            _isBegun = true;
            _start = observer.Time.GetTimestamp();
            _span = EngineTelemetry.Source.StartActivity($"invoke_agent {_agent}");
            _span?.SetTag(GenAI.OperationName, "invoke_agent");
            _span?.SetTag(GenAI.AgentName, _agent);
            _span?.SetTag(GenAI.ConversationID, sessionID);
            _span?.SetTag(GenAI.MessageID, plan.Parent.ID);
        }

        return new StepObservation(observer, this);
    }

    /// <summary>Adds the tokens that a model call of the turn has used.</summary>
    public void Add(TokenUsage tokens) => _tokens = _tokens.Add(tokens);

    /// <summary>Notes that the turn has ended and its end is stored.</summary>
    /// <param name="outcome">
    /// How the turn's last step in this process ended; null where no step ran, for example because the agent, the model or the
    /// workspace is not there.
    /// </param>
    /// <param name="prompt">The prompt that the turn answered; null where the turn found nothing to do.</param>
    public void End(StepOutcome? outcome, UserMessage? prompt)
    {
        _outcome = outcome is null ? "ended without a step" : Show(outcome);
        if (_isBegun || prompt is null)
            return;
        (_isBegun, _start) = (true, observer.Time.GetTimestamp());
        (_agent, _model) = (prompt.Agent, $"{prompt.Model}");
    }

    public void Dispose()
    {
        if (!_isBegun)
            return;
        var seconds = observer.SecondsSince(_start);
        var outcome = _outcome;
        observer.Telemetry.TurnDuration.Record(
            seconds,
            new KeyValuePair<string, object?>(GenAI.AgentName, _agent),
            new KeyValuePair<string, object?>(GenAI.Outcome, outcome));
        if (_span is not null)
        {
            _span.SetTag(GenAI.Outcome, outcome);
            _span.SetTag(GenAI.RequestModel, _model);
            _span.SetTag(GenAI.InputTokens, _tokens.Input + _tokens.Cache.Read + _tokens.Cache.Write);
            _span.SetTag(GenAI.OutputTokens, _tokens.Output + _tokens.Reasoning);
            if (outcome is "interrupted" or "failed")
                _span.SetStatus(ActivityStatusCode.Error);
            _span.Dispose();
        }

        Log.TurnEnded(
            observer.Logger,
            sessionID,
            outcome,
            EngineObserver.Round(seconds),
            _agent,
            _model,
            _steps,
            _tokens.Input + _tokens.Cache.Read + _tokens.Cache.Write,
            _tokens.Output + _tokens.Reasoning);
    }

    /// <summary>An outcome as the log and the instruments name it.</summary>
    public static string Show(StepOutcome? outcome) => outcome switch
    {
        StepOutcome.Stop => "completed",
        StepOutcome.Continue => "continued",
        StepOutcome.Rejected => "rejected",
        StepOutcome.Aborted => "aborted",
        StepOutcome.Failed => "failed",
        _ => "interrupted",
    };
}
