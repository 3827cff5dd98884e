using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>Resident memory of a server that has one session and has done nothing.</summary>
internal sealed class IdleMemoryMeasurement : Measurement
{
    private static readonly Row Idle = new("idle memory (RSS)", "MB");

    /// <inheritdoc/>
    public override string Name => "idle";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Idle];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var megabytes = new List<double>();
        for (var i = 0; i < subject.Scale.IdleProcesses; i++)
        {
            await using var server = await subject.StartAsync(subject.NewHome(), cancellation);
            await server.Client.CreateAsync(cancellation);
            await Task.Delay(subject.Scale.Settle, cancellation);
            megabytes.Add(server.Tree.ResidentBytes() / 1e6);
        }

        return [new Figure(Idle, new Percentiles(megabytes).Median, megabytes.Count == 1 ? "1 process" : $"{megabytes.Count} processes")];
    }
}
