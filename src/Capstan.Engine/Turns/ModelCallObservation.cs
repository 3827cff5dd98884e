using System.Diagnostics;
using Capstan.Contract;
using Capstan.Engine.Telemetry;

namespace Capstan.Engine.Turns;

/// <summary>
/// Measures one model call, from the request to the end of the answer, for the log, the spans and the instruments. A retry is a
/// call of its own.
/// </summary>
internal sealed class ModelCallObservation : IDisposable
{
    private const string Operation = "chat";

    private readonly EngineObserver _observer;
    private readonly string _sessionID;
    private readonly ModelInfo _model;
    private readonly long _start;
    private readonly Activity? _span;
    private double? _firstChunk;
    private string _outcome = "aborted";
    private string? _error;
    private TokenUsage _tokens = TokenUsage.Zero;

    public ModelCallObservation(EngineObserver observer, string sessionID, string agent, ModelInfo model)
    {
        (_observer, _sessionID, _model, _start) = (observer, sessionID, model, observer.Time.GetTimestamp());
        // Tool calls begin while the answer streams. Their spans belong below the step's span and not below this one.
        _span = EngineObserver.Aside(EngineTelemetry.Source.StartActivity($"{Operation} {model.ID}", ActivityKind.Client));
        _span?.SetTag(GenAI.OperationName, Operation);
        _span?.SetTag(GenAI.ProviderName, model.ProviderID);
        _span?.SetTag(GenAI.RequestModel, model.ID);
        _span?.SetTag(GenAI.ConversationID, sessionID);
        _span?.SetTag(GenAI.AgentName, agent);
    }

    /// <summary>Notes when the answer began; only the first call counts.</summary>
    public void Answering() => _firstChunk ??= _observer.SecondsSince(_start);

    /// <summary>Notes that the answer is whole.</summary>
    public void End(string finish, TokenUsage tokens) => (_outcome, _tokens) = (finish, tokens);

    /// <summary>Notes that the call failed.</summary>
    /// <param name="error">The name of the error, as on the wire.</param>
    public void Fail(string error) => (_outcome, _error) = ("failed", error);

    public void Dispose()
    {
        var seconds = _observer.SecondsSince(_start);
        var (input, output) = (_tokens.Input + _tokens.Cache.Read + _tokens.Cache.Write, _tokens.Output + _tokens.Reasoning);
        var tags = new TagList
        {
            { GenAI.OperationName, Operation }, { GenAI.ProviderName, _model.ProviderID }, { GenAI.RequestModel, _model.ID },
        };
        if (_observer.Telemetry.TokenUsage.Enabled && _error is null)
        {
            _observer.Telemetry.TokenUsage.Record(input, [.. tags, new(GenAI.TokenType, "input")]);
            _observer.Telemetry.TokenUsage.Record(output, [.. tags, new(GenAI.TokenType, "output")]);
        }

        if (_error is not null)
            tags.Add(GenAI.ErrorType, _error);
        _observer.Telemetry.ModelDuration.Record(seconds, tags);
        if (_span is not null)
        {
            _span.SetTag(GenAI.FinishReasons, new[] { _outcome });
            _span.SetTag(GenAI.InputTokens, input);
            _span.SetTag(GenAI.OutputTokens, output);
            if (_error is not null)
                _span.SetTag(GenAI.ErrorType, _error).SetStatus(ActivityStatusCode.Error);
            _span.Dispose();
        }

        Tell(EngineObserver.Round(seconds), input, output);
    }

    private void Tell(double seconds, long input, long output)
    {
        var (logger, model, outcome) = (_observer.Logger, $"{_model.ProviderID}/{_model.ID}", _error ?? _outcome);
        if (_firstChunk is { } first)
            Log.ModelCallEnded(logger, _sessionID, model, outcome, seconds, EngineObserver.Round(first), input, output);
        else
            Log.ModelCallUnanswered(logger, _sessionID, model, outcome, seconds);
    }
}
