using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Capstan.Engine.Telemetry;

/// <summary>The engine's spans and instruments. A span is made only where somebody listens to it.</summary>
public sealed class EngineTelemetry : IDisposable
{
    /// <summary>The name of the source of spans and of the meter.</summary>
    public const string Name = "Capstan";

    private static readonly double[] Seconds =
        [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

    // A commit takes microseconds on a good disk and seconds on one that fails.
    private static readonly double[] CommitSeconds =
        [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

    // The buckets of model calls and of tokens are those of OpenTelemetry's semantic conventions for generative AI.
    private static readonly double[] ModelSeconds =
        [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];

    private static readonly long[] Tokens =
        [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864];

    internal EngineTelemetry()
    {
        // The scope tells the meters of several engines in one process apart.
        Meter = new Meter(new MeterOptions(Name) { Scope = this });
        ModelDuration = Histogram("gen_ai.client.operation.duration", "Model calls, from the request to the end of the answer.", ModelSeconds);
        TokenUsage = Meter.CreateHistogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Tokens of model calls, as their providers count them.",
            advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = Tokens });
        TurnDuration = Histogram("capstan.turn.duration", "Turns, from taking a prompt up to its end.", Seconds);
        StepDuration = Histogram("capstan.step.duration", "Steps: one model call with its retries, and its tool calls.", Seconds);
        ToolDuration = Histogram("capstan.tool.duration", "Tool calls, the wait for a permission included.", Seconds);
        PermissionDuration = Histogram("capstan.permission.wait.duration", "Waits for the answer to a permission request.", Seconds);
        AdmissionDuration = Histogram("capstan.admission.duration", "Prompts, from their arrival to being on disk or refused.", CommitSeconds);
        CommitDuration = Histogram("capstan.journal.commit.duration", "Commits of the journal, the write to disk included.", CommitSeconds);
        CommitWrites = Meter.CreateCounter<long>("capstan.journal.writes", "{write}", "Writes that the journal has committed.");
        Metrics = new MetricsCollector(Meter);
    }

    /// <summary>The meter of this engine.</summary>
    public Meter Meter { get; }

    /// <summary>What was measured since the start.</summary>
    public MetricsCollector Metrics { get; }

    internal static ActivitySource Source { get; } = new(Name);

    internal Histogram<double> ModelDuration { get; }

    internal Histogram<long> TokenUsage { get; }

    internal Histogram<double> TurnDuration { get; }

    internal Histogram<double> StepDuration { get; }

    internal Histogram<double> ToolDuration { get; }

    internal Histogram<double> PermissionDuration { get; }

    internal Histogram<double> AdmissionDuration { get; }

    internal Histogram<double> CommitDuration { get; }

    internal Counter<long> CommitWrites { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Metrics.Dispose();
        Meter.Dispose();
    }

    /// <summary>Adds a gauge, whose value is read when somebody looks.</summary>
    internal void Observe(string name, string unit, string description, Func<long> read) =>
        Meter.CreateObservableGauge(name, read, unit, description);

    private Histogram<double> Histogram(string name, string description, double[] boundaries) => Meter.CreateHistogram(
        name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = boundaries });
}
