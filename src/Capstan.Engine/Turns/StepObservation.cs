using System.Diagnostics;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;

namespace Capstan.Engine.Turns;

/// <summary>A step of a turn.</summary>
internal sealed class StepObservation : IDisposable
{
    private readonly EngineObserver _observer;
    private readonly long _start;
    private readonly Activity? _span;
    private StepOutcome? _outcome;

    public StepObservation(EngineObserver observer, TurnObservation turn)
    {
        (_observer, Turn, _start) = (observer, turn, observer.Time.GetTimestamp());
        _span = EngineTelemetry.Source.StartActivity("step");
    }

    /// <summary>The turn that it is a step of.</summary>
    public TurnObservation Turn { get; }

    /// <summary>It has ended.</summary>
    /// <returns>The outcome itself.</returns>
    public StepOutcome End(StepOutcome outcome)
    {
        _outcome = outcome;
        return outcome;
    }

    public void Dispose()
    {
        var outcome = TurnObservation.Show(_outcome);
        _observer.Telemetry.StepDuration.Record(
            _observer.SecondsSince(_start), new KeyValuePair<string, object?>(GenAI.Outcome, outcome));
        _span?.SetTag(GenAI.Outcome, outcome);
        _span?.Dispose();
    }
}
