using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>A server whose store holds twenty thousand sessions: listing them, a turn on a new one, starting on them.</summary>
internal sealed class ManySessionsMeasurement : Measurement
{
    private static readonly Row List = new("listing the newest 100 of 20,000 sessions, p50", "ms");
    private static readonly Row Turn = new("synchronous turn beside 20,000 sessions, p50", "ms");
    private static readonly Row Start = new("start to first 200 on 20,000 sessions, p50", "ms");
    private static readonly Row Memory = new("memory with 20,000 sessions (RSS)", "MB");

    /// <inheritdoc/>
    public override string Name => "sessions";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [List, Turn, Start, Memory];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var home = await subject.CrowdedHomeAsync(cancellation);
        Percentiles lists, turns;
        double memory;
        await using (var server = await subject.StartAsync(home, cancellation))
        {
            var session = (await server.Client.CreateWarmAsync(1, cancellation))[0];
            await using var reader = await EventStream.OpenAsync(server.Client.Server, server.Client.Directory, static (_, _) => { }, cancellation);
            await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
            lists = await Sampler.TimeAsync(subject.Scale.HistoryReads, _ => server.Client.ListAsync(100, cancellation), cancellation);
            var body = PromptBody.Turn(5);
            turns = await Sampler.TimeAsync(subject.Scale.HistoryTurns, _ => server.Client.MessageAsync(session, body, cancellation), cancellation);
            await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
            memory = server.Tree.ResidentBytes() / 1e6;
        }

        var starts = new List<double>();
        await Sampler.RunAsync(subject.Scale.Starts, async _ =>
        {
            await using var server = await subject.StartAsync(home, cancellation);
            starts.Add(server.StartTook.TotalMilliseconds);
        }, cancellation);
        return
        [
            new Figure(List, lists.Median, $"{lists.Count} lists"),
            new Figure(Turn, turns.Median, $"{turns.Count} turns"),
            new Figure(Start, new Percentiles(starts).Median, $"{starts.Count} starts"),
            new Figure(Memory, memory, "1 process"),
        ];
    }
}
