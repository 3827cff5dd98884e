using System.Diagnostics;
using Capstan.Engine.Configuration.Redaction;
using Capstan.Engine.Telemetry;

namespace Capstan.Engine.Admission;

/// <summary>
/// Measures the admission of a prompt, from its arrival until it is on disk or refused, for the log, the spans and the
/// instruments.
/// </summary>
internal sealed class AdmissionObservation : IDisposable
{
    private const int LongestReason = 200;

    private readonly EngineObserver _observer;
    private readonly string _sessionID;
    private readonly long _start;
    private readonly Activity? _span;
    private string _outcome = "failed";

    public AdmissionObservation(EngineObserver observer, string sessionID)
    {
        (_observer, _sessionID, _start) = (observer, sessionID, observer.Time.GetTimestamp());
        // The web server's own span is recorded only where its client traces, and no span below one that is not recorded would be
        // recorded either. Without such a client, this span begins a trace of its own. The span that was current before comes
        // back at the end of the caller's method.
        if (Activity.Current is { Recorded: false })
            Activity.Current = null;
        _span = EngineTelemetry.Source.StartActivity("admission");
        _span?.SetTag(GenAI.ConversationID, sessionID);
    }

    /// <summary>Notes what became of the prompt.</summary>
    public void End(AdmissionResult admission)
    {
        switch (admission)
        {
            case AdmissionResult.Accepted accepted:
                _outcome = "accepted";
                _span?.SetTag(GenAI.MessageID, accepted.MessageID);
                Log.PromptAccepted(_observer.Logger, _sessionID, accepted.MessageID);
                break;
            case AdmissionResult.Refused { Refusal: var refusal }:
                _outcome = "refused";
                var reason = SecretShapes.Redact(refusal.Message);
                Log.PromptRefused(
                    _observer.Logger, _sessionID, $"{refusal.Kind}", reason.Length > LongestReason ? reason[..LongestReason] + "…" : reason);
                break;
        }
    }

    public void Dispose()
    {
        _observer.Telemetry.AdmissionDuration.Record(
            _observer.SecondsSince(_start), new KeyValuePair<string, object?>(GenAI.Outcome, _outcome));
        _span?.SetTag(GenAI.Outcome, _outcome);
        _span?.Dispose();
    }
}
