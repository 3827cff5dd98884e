using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>Something that is done to a server, and the rows that come of it.</summary>
internal abstract class Measurement
{
    /// <summary>All of them, in the order in which they run and stand in the table.</summary>
    public static IReadOnlyList<Measurement> All { get; } =
    [
        new StartMeasurement(),
        new IdleMemoryMeasurement(),
        new PromptMeasurement(),
        new TurnMeasurement(),
        new ThroughputMeasurement(),
        new PacedMeasurement(),
        new FanOutMeasurement(),
        new InjectionMeasurement(),
        new AbortMeasurement(),
        new HistoryMeasurement("history", 1000),
        new HistoryMeasurement("long", 5000),
        new PageMeasurement(),
        new FeedMeasurement(),
        new RecoveryMeasurement(),
        new StalledReadersMeasurement(),
        new LargeAnswersMeasurement(),
        new QuietMeasurement(),
        new NewFilesMeasurement(),
        new ListMeasurement(),
        new IdleAbortMeasurement(),
        new ManySessionsMeasurement(),
        new EndMemoryMeasurement(),
    ];

    /// <summary>Its name in <c>--rows</c>.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// Whether every server is asked for it. Where a server would take hours, its column stays empty.
    /// </summary>
    public virtual bool IsForAll => true;

    /// <summary>The rows that it fills.</summary>
    public abstract IReadOnlyList<Row> Rows { get; }

    /// <summary>Takes the figures.</summary>
    public abstract Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation);
}
