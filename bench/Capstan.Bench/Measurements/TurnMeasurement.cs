using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>Synchronous turns of five deltas, one after another: with the client reading events beside them, and without.</summary>
internal sealed class TurnMeasurement : Measurement
{
    private static readonly Row Median = new("synchronous turn, p50", "ms");
    private static readonly Row Tail = new("synchronous turn, p95", "ms");
    private static readonly Row Alone = new("synchronous turn of a client that reads no events, p50", "ms");

    /// <inheritdoc/>
    public override string Name => "turn";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Median, Tail, Alone];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var server = await subject.SharedAsync(cancellation);
        var sessions = await server.Client.CreateWarmAsync(subject.Scale.Sessions, cancellation);
        var body = PromptBody.Turn(5);
        var times = await TimeAsync();
        await subject.StopReadingAsync();
        var alone = await TimeAsync();
        await subject.ReadAsync(cancellation);
        var samples = $"{times.Count} turns";
        return [new Figure(Median, times.Median, samples), new Figure(Tail, times.At(95), samples), new Figure(Alone, alone.Median, samples)];

        async Task<Percentiles> TimeAsync()
        {
            await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
            return await Sampler.TimeAsync(
                subject.Scale.Prompts, i => server.Client.MessageAsync(sessions[i % sessions.Length], body, cancellation), cancellation);
        }
    }
}
