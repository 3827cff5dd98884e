namespace Capstan.Engine.Telemetry;

/// <summary>What was measured of one instrument with the same labels.</summary>
/// <param name="Labels">The labels.</param>
/// <param name="Value">The value; of a histogram the sum of all values.</param>
/// <param name="Buckets">
/// How many values were in each bucket, the last one above all boundaries; empty unless it is a histogram.
/// </param>
public sealed record MetricSeries(IReadOnlyList<KeyValuePair<string, string>> Labels, double Value, IReadOnlyList<long> Buckets);
