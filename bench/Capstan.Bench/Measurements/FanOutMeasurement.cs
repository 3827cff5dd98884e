using System.Diagnostics;
using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>One turn of 200 deltas, watched by 100 event streams of the same directory.</summary>
internal sealed class FanOutMeasurement : Measurement
{
    private const int Deltas = 200;
    private static readonly Row Wall = new("200 deltas to 100 readers: until all have all, p50", "ms");
    private static readonly Row Processor = new("200 deltas to 100 readers: processor time of the turn", "ms");

    /// <inheritdoc/>
    public override string Name => "fanout";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Wall, Processor];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var server = await subject.SharedAsync(cancellation);
        var sessions = await server.Client.CreateWarmAsync(1, cancellation);
        var readers = new List<DeltaReader>();
        try
        {
            for (var i = 0; i < subject.Scale.Readers; i++)
                readers.Add(await DeltaReader.OpenAsync(server.Client.Server, server.Client.Directory, cancellation));
            await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
            return await FanOutAsync(subject, readers, sessions[0], cancellation);
        }
        finally
        {
            foreach (var reader in readers)
                await reader.DisposeAsync();
        }
    }

    private static async Task<IReadOnlyList<Figure>> FanOutAsync(
        Subject subject, List<DeltaReader> readers, string session, CancellationToken cancellation)
    {
        var server = await subject.SharedAsync(cancellation);
        var body = PromptBody.Turn(Deltas);
        var walls = new List<double>();
        var delivered = 0L;
        var processorBefore = server.Tree.ProcessorMilliseconds();
        var turns = subject.Scale.FanOutTurns;
        await Sampler.RunAsync(turns, async _ =>
        {
            var seen = Task.WhenAll(readers.ConvertAll(reader => reader.NextTurn()));
            var sentAt = Stopwatch.GetTimestamp();
            await server.Client.PromptAsync(session, body, cancellation);
            var deliveries = await seen.WaitAsync(cancellation);
            if (deliveries.Any(delivery => delivery.Deltas == 0))
                throw new MeasurementException("A reader got no delta of the turn.");
            walls.Add(Stopwatch.GetElapsedTime(sentAt, deliveries.Max(delivery => delivery.LastAt)).TotalMilliseconds);
            delivered += deliveries.Sum(delivery => (long)delivery.Deltas);
        }, cancellation);
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        var processor = server.Tree.ProcessorMilliseconds() - processorBefore;
        var samples = $"{turns} turns, {delivered / turns:#,0} deliveries each";
        return [new Figure(Wall, new Percentiles(walls).Median, samples), new Figure(Processor, processor / turns, samples)];
    }
}
