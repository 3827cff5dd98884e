using System.Diagnostics.Metrics;

namespace Capstan.Engine.Telemetry;

/// <summary>Adds up what an engine measures, from its start on, for callers that read the sums.</summary>
public sealed class MetricsCollector : IDisposable
{
    private readonly List<MetricInstrument> _instruments = [];
    private readonly MeterListener _listener;

    internal MetricsCollector(Meter meter)
    {
        _listener = new MeterListener
        {
            // Meters are compared by reference, because another engine of this process has a meter of the same name.
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter == meter)
                    listener.EnableMeasurementEvents(instrument, Add(instrument));
            },
        };
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((MetricInstrument)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((MetricInstrument)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>What was measured so far, by instrument.</summary>
    public IReadOnlyList<MetricFamily> Read()
    {
        _listener.RecordObservableInstruments();
        lock (_instruments)
            return [.. _instruments.Select(static instrument => instrument.Read())];
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private MetricInstrument Add(Instrument instrument)
    {
        var added = instrument switch
        {
            Histogram<double> histogram => new MetricInstrument(instrument, MetricKind.Histogram, histogram.Advice?.HistogramBucketBoundaries ?? []),
            Histogram<long> histogram => new MetricInstrument(
                instrument, MetricKind.Histogram, [.. (histogram.Advice?.HistogramBucketBoundaries ?? []).Select(static boundary => (double)boundary)]),
            Counter<long> => new MetricInstrument(instrument, MetricKind.Counter, []),
            _ => new MetricInstrument(instrument, MetricKind.Gauge, []),
        };
        lock (_instruments)
            _instruments.Add(added);
        return added;
    }
}
