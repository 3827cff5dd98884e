using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>
/// <c>POST /session/{id}/abort</c> of a session without a turn, on a store of twenty thousand sessions: any of these might be its child.
/// </summary>
internal sealed class IdleAbortMeasurement : Measurement
{
    private static readonly PricedRows Abort = new("abort of an idle session beside 20,000 sessions");

    /// <inheritdoc/>
    public override string Name => "abort-idle";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = Abort.Rows;

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        await using var server = await subject.StartAsync(await subject.CrowdedHomeAsync(cancellation), cancellation);
        var session = await server.Client.CreateAsync(cancellation);
        var aborts = await Sampler.PriceAsync(subject, server, subject.Scale.WarmUp, subject.Scale.PricedRequests,
            _ => server.Client.AbortAsync(session, cancellation), cancellation);
        return [.. Abort.Figures(aborts, "aborts")];
    }
}
