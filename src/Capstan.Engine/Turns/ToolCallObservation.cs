using System.Diagnostics;
using Capstan.Engine.Telemetry;

namespace Capstan.Engine.Turns;

/// <summary>Measures one tool call, the time until its permission is granted included.</summary>
internal sealed class ToolCallObservation : IDisposable
{
    private readonly EngineObserver _observer;
    private readonly string _sessionID;
    private readonly string _tool;
    private readonly string _callID;
    private readonly long _start;
    private readonly Activity? _span;

    public ToolCallObservation(EngineObserver observer, string sessionID, string tool, string callID)
    {
        (_observer, _sessionID, _tool, _callID, _start) = (observer, sessionID, tool, callID, observer.Time.GetTimestamp());
        _span = EngineTelemetry.Source.StartActivity($"execute_tool {tool}");
        _span?.SetTag(GenAI.OperationName, "execute_tool");
        _span?.SetTag(GenAI.ToolName, tool);
        _span?.SetTag(GenAI.ToolType, "function");
        _span?.SetTag(GenAI.ToolCallID, callID);
        _span?.SetTag(GenAI.ConversationID, sessionID);
    }

    /// <summary>
    /// How the call ended: completed, failed, refused, or interrupted where its turn stopped first, which is the default.
    /// </summary>
    public string Outcome { get; set; } = "interrupted";

    public void Dispose()
    {
        var seconds = _observer.SecondsSince(_start);
        _observer.Telemetry.ToolDuration.Record(
            seconds, new KeyValuePair<string, object?>(GenAI.ToolName, _tool), new KeyValuePair<string, object?>(GenAI.Outcome, Outcome));
        _span?.SetTag(GenAI.Outcome, Outcome);
        _span?.Dispose();
        Log.ToolCallEnded(_observer.Logger, _sessionID, _tool, Outcome, EngineObserver.Round(seconds), _callID);
    }
}
