using System.Diagnostics;
using Capstan.Engine.Storage;
using Capstan.Engine.Telemetry;

namespace Capstan.Engine.Turns;

/// <summary>Measures one step of a turn, for the spans and the instruments.</summary>
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

    /// <summary>The observation of the turn that the step belongs to.</summary>
    public TurnObservation Turn { get; }

    /// <summary>Notes how the step ended.</summary>
    /// <returns><paramref name="outcome"/> itself.</returns>
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
