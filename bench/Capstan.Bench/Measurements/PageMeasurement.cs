using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary><c>GET /session/{id}/message?limit=100</c> on a session that is much longer.</summary>
internal sealed class PageMeasurement : Measurement
{
    private static readonly PricedRows Page = new("reading the newest 100 of 10,000 messages");

    /// <inheritdoc/>
    public override string Name => "page";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = Page.Rows;

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        await using var server = await subject.StartAsync(subject.NewHome(), cancellation);
        var session = await Filling.MessagesAsync(server.Client, subject.Scale.PageMessages, cancellation);
        var pages = await Sampler.PriceAsync(subject, server, subject.Scale.WarmUp, subject.Scale.PricedRequests,
            _ => server.Client.HistoryAsync(session, 100, cancellation), cancellation);
        return [.. Page.Figures(pages, "reads")];
    }
}
