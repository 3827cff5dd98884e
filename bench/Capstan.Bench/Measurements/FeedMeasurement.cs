using System.Diagnostics;
using Capstan.Bench.Client;
using Capstan.Bench.Model;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>
/// Five thousand turns at once, and one reader of all events. The model holds each answer back after its first deltas until all
/// turns have got that far, and then sends the rest of all of them.
/// </summary>
internal sealed class FeedMeasurement : Measurement
{
    private const int Deltas = 20;
    private const int Senders = 32;
    private static readonly Row Wall = new("5,000 turns at once: until a reader of `/global/event` has all", "s");
    private static readonly Row Dropped = new("5,000 turns at once: readers dropped", "of 1");
    private static readonly Row Gaps = new("5,000 turns at once: gaps in the events of their sessions", "");
    private static readonly ProcessorRows Processor = new("processor time of each of 5,000 turns at once");

    /// <inheritdoc/>
    public override string Name => "feed";

    /// <summary>False: a server that takes two turns a second would take most of an hour.</summary>
    public override bool IsForAll => false;

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Wall, Dropped, Gaps, .. Processor.Rows];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var turns = subject.Scale.FeedTurns;
        await using var server = await subject.StartAsync(subject.NewHome(), cancellation);
        var sessions = new string[turns];
        var senders = new ParallelOptions { MaxDegreeOfParallelism = Senders, CancellationToken = cancellation };
        await Parallel.ForAsync(0, turns, senders, async (i, token) => sessions[i] = await server.Client.CreateTitledAsync(token));
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);

        await using var reader = await FeedReader.OpenAsync(
            server.Client.Server, sessions, string.Concat(Enumerable.Range(0, Deltas).Select(ModelScript.Delta)), cancellation);
        var before = server.ProcessorTime();
        var startedAt = Stopwatch.GetTimestamp();
        var body = PromptBody.TurnTogether(Deltas, turns);
        await Parallel.ForEachAsync(sessions, senders, async (session, token) => await server.Client.PromptAsync(session, body, token));
        await Task.WhenAny(reader.Complete, reader.Closed).WaitAsync(cancellation);
        if (!reader.Complete.IsCompleted)
            return [new Figure(Wall, null, reader.Dropped ?? "The stream closed."), new Figure(Dropped, 1, $"{reader.Events:#,0} events before")];
        var seconds = Stopwatch.GetElapsedTime(startedAt, await reader.Complete).TotalSeconds;
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        var samples = $"{turns:#,0} turns, {reader.MostAtOnce:#,0} at once, {reader.Events:#,0} events";
        return
        [
            new Figure(Wall, seconds, samples),
            new Figure(Dropped, reader.Dropped is null ? 0 : 1, samples),
            new Figure(Gaps, reader.Gaps, samples),
            .. Processor.Figures(server.ProcessorTime().Since(before).Each(turns), samples),
        ];
    }
}
