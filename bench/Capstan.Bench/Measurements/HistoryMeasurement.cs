using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>A session of 1,000 injected messages: reading all of it, and then turns on it.</summary>
internal sealed class HistoryMeasurement : Measurement
{
    private const int Fillers = 16;
    private static readonly Row Read = new("reading a 1,000-message session, p50", "ms");
    private static readonly Row Turn = new("synchronous turn on that session, p50", "ms");

    /// <inheritdoc/>
    public override string Name => "history";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Read, Turn];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var server = await subject.SharedAsync(cancellation);
        var session = await FillAsync(server.Client, subject.Scale.HistoryMessages, cancellation);
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Budget, cancellation);

        var bytes = await server.Client.HistoryAsync(session, cancellation);
        var reads = new Percentiles(await Sampler.TimeAsync(subject.Scale.HistoryReads, subject.Scale.Budget,
            _ => server.Client.HistoryAsync(session, cancellation), cancellation));

        var body = PromptBody.Turn(5);
        await server.Client.MessageAsync(session, body, cancellation);
        var turns = new Percentiles(await Sampler.TimeAsync(subject.Scale.HistoryTurns, subject.Scale.Budget,
            _ => server.Client.MessageAsync(session, body, cancellation), cancellation));
        return
        [
            new Figure(Read, reads.Median, $"{reads.Count} reads of {bytes / 1000:#,0} kB"),
            new Figure(Turn, turns.Median, $"{turns.Count} turns"),
        ];
    }

    private static async Task<string> FillAsync(SessionClient client, int messages, CancellationToken cancellation)
    {
        var session = await client.CreateAsync(cancellation);
        var body = PromptBody.Injection();
        await Parallel.ForEachAsync(Enumerable.Range(0, messages),
            new ParallelOptions { MaxDegreeOfParallelism = Fillers, CancellationToken = cancellation },
            async (_, token) => await client.MessageAsync(session, body, token));
        var stored = await client.CountMessagesAsync(session, cancellation);
        return stored == messages ? session : throw new MeasurementException($"{messages} were injected and {stored} are there.");
    }
}
