using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>A session of many injected messages: reading all of it and its newest page, and turns on it.</summary>
internal sealed class HistoryMeasurement : Measurement
{
    private readonly int _messages;
    private readonly Row _read;
    private readonly Row _page;
    private readonly PricedRows _turn;

    /// <summary>A session of so many messages.</summary>
    public HistoryMeasurement(string name, int messages)
    {
        _messages = messages;
        Name = name;
        _read = new Row($"reading a {messages:#,0}-message session, p50", "ms");
        _page = new Row($"reading the newest 100 of {messages:#,0} messages, p50", "ms");
        _turn = new PricedRows($"synchronous turn on {messages:#,0} messages");
        Rows = [_read, _page, .. _turn.Rows];
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; }

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var server = await subject.SharedAsync(cancellation);
        var session = await Filling.MessagesAsync(server.Client, _messages, cancellation);
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);

        var bytes = await server.Client.HistoryAsync(session, null, cancellation);
        var reads = await Sampler.TimeAsync(
            subject.Scale.HistoryReads, _ => server.Client.HistoryAsync(session, null, cancellation), cancellation);
        var pages = await Sampler.TimeAsync(
            subject.Scale.HistoryReads, _ => server.Client.HistoryAsync(session, 100, cancellation), cancellation);

        var body = PromptBody.Turn(5);
        var turns = await Sampler.PriceAsync(
            subject, server, subject.Scale.HistoryTurns, subject.Scale.HistoryTurns, _ => server.Client.MessageAsync(session, body, cancellation), cancellation);
        return
        [
            new Figure(_read, reads.Median, $"{reads.Count} reads of {bytes / 1000:#,0} kB"),
            new Figure(_page, pages.Median, $"{pages.Count} reads"),
            .. _turn.Figures(turns, "turns"),
        ];
    }
}
