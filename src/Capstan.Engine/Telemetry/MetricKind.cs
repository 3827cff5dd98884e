namespace Capstan.Engine.Telemetry;

/// <summary>What the values of an instrument mean.</summary>
public enum MetricKind
{
    /// <summary>A sum that only grows.</summary>
    Counter,

    /// <summary>How much there is now.</summary>
    Gauge,

    /// <summary>How values are distributed.</summary>
    Histogram,
}
