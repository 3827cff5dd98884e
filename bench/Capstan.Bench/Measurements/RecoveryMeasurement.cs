using System.Diagnostics;
using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>
/// The connections of the database are killed under load: how long after the database accepts connections again until every client has
/// had a write stored that it sent to it.
/// </summary>
internal sealed class RecoveryMeasurement : Measurement
{
    private const int Clients = 8;
    private static readonly Row Typical = new("database killed under load: writing again after it accepts, p50", "ms");
    private static readonly Row Longest = new("database killed under load: writing again after it accepts, longest", "ms");

    /// <inheritdoc/>
    public override string Name => "recover";

    /// <inheritdoc/>
    public override bool IsForAll => false;

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Typical, Longest];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        if (!subject.HasDatabase)
            return [];
        await using var server = await subject.StartAsync(subject.NewHome(), cancellation);
        var sessions = await server.Client.CreateWarmAsync(Clients, cancellation);
        var times = new List<double>();
        for (var kill = 0; kill < subject.Scale.DatabaseKills; kill++)
            times.Add(await KillAsync(subject, server.Client, sessions, cancellation));
        var result = new Percentiles(times);
        var samples = $"{times.Count} kills, {Clients} clients";
        return [new Figure(Typical, result.Median, samples), new Figure(Longest, times.Max(), samples)];
    }

    private static async Task<double> KillAsync(Subject subject, SessionClient client, string[] sessions, CancellationToken cancellation)
    {
        // When the database accepted connections again; 0 until it does.
        long accepting = 0;
        var stored = sessions.Select(session => Task.Run(async () =>
        {
            while (true)
            {
                var isStored = await client.TryInjectAsync(session, PromptBody.Injection(), cancellation);
                var since = Interlocked.Read(ref accepting);
                if (since != 0 && isStored)
                    return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
                if (!isStored)
                    await Task.Delay(5, cancellation);
            }
        }, cancellation)).ToArray();
        await Task.Delay(200, cancellation);
        await subject.KillDatabaseAsync(cancellation);
        Interlocked.Exchange(ref accepting, Stopwatch.GetTimestamp());
        return (await Task.WhenAll(stored)).Max();
    }
}
