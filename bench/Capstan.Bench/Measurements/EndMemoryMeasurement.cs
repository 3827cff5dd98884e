using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>Resident memory of the shared server after all that came before, once it rests.</summary>
internal sealed class EndMemoryMeasurement : Measurement
{
    private static readonly Row End = new("memory at the end (RSS)", "MB");

    /// <inheritdoc/>
    public override string Name => "end";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [End];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var server = await subject.SharedAsync(cancellation);
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        await Task.Delay(subject.Scale.Settle, cancellation);
        return [new Figure(End, server.Tree.ResidentBytes() / 1e6, "1 process")];
    }
}
