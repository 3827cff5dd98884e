using Capstan.Bench.Results;
using Capstan.Bench.Servers;

namespace Capstan.Bench.Measurements;

/// <summary>From the spawn to the first 200 on <c>GET /global/health</c>.</summary>
internal sealed class StartMeasurement : Measurement
{
    private static readonly Row Again = new("start to first 200, p50", "ms");
    private static readonly Row First = new("start to first 200 in a new home, p50", "ms");

    /// <inheritdoc/>
    public override string Name => "start";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Again, First];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        // The program's pages come into the file cache before anything is timed.
        var home = subject.NewHome();
        await StartOnceAsync(home);

        var again = new List<double>();
        var first = new List<double>();
        await Sampler.RunAsync(subject.Scale.Starts, async _ =>
        {
            again.Add(await StartOnceAsync(home));
            first.Add(await StartOnceAsync(subject.NewHome()));
        }, cancellation);
        return
        [
            new Figure(Again, new Percentiles(again).Median, $"{again.Count} starts"),
            new Figure(First, new Percentiles(first).Median, $"{first.Count} starts"),
        ];

        async Task<double> StartOnceAsync(ServerHome at)
        {
            await using var server = await subject.StartAsync(at, cancellation);
            return server.StartTook.TotalMilliseconds;
        }
    }
}
