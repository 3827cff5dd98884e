namespace Capstan.Engine.Telemetry;

/// <summary>One instrument and what was measured with it.</summary>
/// <param name="Name">The instrument's name, with dots.</param>
/// <param name="Unit">The unit, in UCUM: <c>s</c>, <c>By</c>, <c>{token}</c>.</param>
/// <param name="Description">What the instrument measures.</param>
/// <param name="Kind">What the values mean.</param>
/// <param name="Boundaries">The upper ends of a histogram's buckets, inclusive.</param>
/// <param name="Series">What was measured, by labels.</param>
public sealed record MetricFamily(
    string Name, string Unit, string Description, MetricKind Kind, IReadOnlyList<double> Boundaries, IReadOnlyList<MetricSeries> Series);
