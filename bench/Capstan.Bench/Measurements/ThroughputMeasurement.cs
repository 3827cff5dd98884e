using System.Diagnostics;
using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>Many sessions at once, each taking one synchronous turn of twenty deltas after another.</summary>
internal sealed class ThroughputMeasurement : Measurement
{
    private static readonly Row Rate = new("40 sessions at once", "turns/s", Direction.Higher);
    private static readonly ProcessorRows Processor = new("processor time of each of those turns");

    /// <inheritdoc/>
    public override string Name => "throughput";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Rate, .. Processor.Rows];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var server = await subject.SharedAsync(cancellation);
        var sessions = await server.Client.CreateWarmAsync(subject.Scale.Concurrent, cancellation);
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        var body = PromptBody.Turn(20);
        var before = server.ProcessorTime();
        var startedAt = Stopwatch.GetTimestamp();
        await Task.WhenAll(sessions.Select(session => Sampler.RunAsync(
            subject.Scale.TurnsEach, _ => server.Client.MessageAsync(session, body, cancellation), cancellation)));
        var seconds = Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        // What trails behind an answer (summaries, diffs) is part of the turn's price.
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        var turns = sessions.Length * subject.Scale.TurnsEach;
        var samples = $"{turns:#,0} turns";
        return [new Figure(Rate, turns / seconds, samples), .. Processor.Figures(server.ProcessorTime().Since(before).Each(turns), samples)];
    }
}
