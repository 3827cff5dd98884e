using Capstan.Bench.Client;
using Capstan.Bench.Results;
using Capstan.Bench.Servers;

namespace Capstan.Bench.Measurements;

/// <summary><c>GET /session</c> on a store of twenty thousand sessions: of the whole project, and of one of its directories.</summary>
internal sealed class ListMeasurement : Measurement
{
    private static readonly PricedRows Project = new("`GET /session` beside 20,000 sessions");
    private static readonly PricedRows Directory = new("`GET /session?directory=` of the directory that has 20,000");
    private static readonly PricedRows Small = new("`GET /session?directory=` of a directory that has 100, older than 20,000 of another");

    /// <inheritdoc/>
    public override string Name => "list";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [.. Project.Rows, .. Directory.Rows, .. Small.Rows];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        await using var server = await subject.StartAsync(await subject.CrowdedHomeAsync(cancellation), cancellation);
        using var small = new SessionClient(server.Client.Server, server.Home.Subdirectory);
        return
        [
            .. Project.Figures(await PriceAsync(() => server.Client.ListAsync(100, cancellation)), "lists"),
            .. Directory.Figures(await PriceAsync(() => server.Client.ListOwnAsync(cancellation)), "lists"),
            .. Small.Figures(await PriceAsync(() => small.ListOwnAsync(cancellation)), "lists"),
        ];

        Task<Price> PriceAsync(Func<Task> list) =>
            Sampler.PriceAsync(subject, server, subject.Scale.WarmUp, subject.Scale.PricedRequests, _ => list(), cancellation);
    }
}
