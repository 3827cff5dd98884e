using System.Diagnostics.Metrics;

namespace Capstan.Engine.Telemetry;

/// <summary>Adds up what is measured with one instrument, by labels.</summary>
internal sealed class MetricInstrument(Instrument instrument, MetricKind kind, IReadOnlyList<double> boundaries)
{
    // Labels hold names of agents, models and tools, which come from configuration. A workspace that makes up new names for ever
    // must not fill the memory: beyond this number of series, measurements with new labels go into one common series.
    private const int MaxSeries = 1000;
    private const string Overflow = "otel.metric.overflow";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Sum> _sums = new(StringComparer.Ordinal);

    /// <summary>Adds a measurement.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = Key(tags);
        lock (_lock)
        {
            if (!_sums.TryGetValue(key, out var sum))
                sum = Open(key, tags);
            sum.Value = kind == MetricKind.Gauge ? value : sum.Value + value;
            if (kind == MetricKind.Histogram)
                sum.Buckets[BucketOf(value)]++;
        }
    }

    /// <summary>What was measured so far.</summary>
    public MetricFamily Read()
    {
        lock (_lock)
        {
            return new MetricFamily(
                instrument.Name,
                instrument.Unit ?? "",
                instrument.Description ?? "",
                kind,
                boundaries,
                [.. _sums.Values.Select(static sum => new MetricSeries(sum.Labels, sum.Value, [.. sum.Buckets]))]);
        }
    }

    private Sum Open(string key, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_sums.Count < MaxSeries)
            return _sums[key] = new Sum(Labels(tags), new long[kind == MetricKind.Histogram ? boundaries.Count + 1 : 0]);
        if (!_sums.TryGetValue(Overflow, out var rest))
            _sums[Overflow] = rest = new Sum([new(Overflow, "true")], new long[kind == MetricKind.Histogram ? boundaries.Count + 1 : 0]);
        return rest;
    }

    private int BucketOf(double value)
    {
        for (var i = 0; i < boundaries.Count; i++)
        {
            if (value <= boundaries[i])
                return i;
        }

        return boundaries.Count;
    }

    private static string Key(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var key = new System.Text.StringBuilder();
        foreach (var (name, value) in tags)
            key.Append(name).Append('\u001f').Append(value).Append('\u001e');
        return key.ToString();
    }

    private static KeyValuePair<string, string>[] Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new KeyValuePair<string, string>[tags.Length];
        for (var i = 0; i < tags.Length; i++)
            labels[i] = new(tags[i].Key, $"{tags[i].Value}");
        return labels;
    }

    private sealed class Sum(IReadOnlyList<KeyValuePair<string, string>> labels, long[] buckets)
    {
        public IReadOnlyList<KeyValuePair<string, string>> Labels => labels;

        public long[] Buckets => buckets;

        public double Value { get; set; }
    }
}
