using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>Synchronous turns of five deltas, one after another, with no event reader attached.</summary>
internal sealed class TurnMeasurement : Measurement
{
    private static readonly Row Median = new("synchronous turn, p50", "ms");
    private static readonly Row Tail = new("synchronous turn, p95", "ms");

    /// <inheritdoc/>
    public override string Name => "turn";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Median, Tail];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var server = await subject.SharedAsync(cancellation);
        var sessions = await server.Client.CreateWarmAsync(subject.Scale.Sessions, cancellation);
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Budget, cancellation);
        var body = PromptBody.Turn(5);
        var times = new Percentiles(await Sampler.TimeAsync(subject.Scale.Prompts, subject.Scale.Budget * 2,
            i => server.Client.MessageAsync(sessions[i % sessions.Length], body, cancellation), cancellation));
        var samples = $"{times.Count} turns";
        return [new Figure(Median, times.Median, samples), new Figure(Tail, times.At(95), samples)];
    }
}
