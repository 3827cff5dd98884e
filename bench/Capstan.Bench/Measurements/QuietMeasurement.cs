using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>A server with 100 sessions that have talked and 10 readers, while nobody asks it for anything.</summary>
internal sealed class QuietMeasurement : Measurement
{
    private const int Sessions = 100;
    private const int Readers = 10;
    private static readonly Row Processor = new("idle with 100 sessions and 10 readers: share of a core", "%");
    private static readonly Row Written = new("the same: written to disk", "bytes");

    /// <inheritdoc/>
    public override string Name => "quiet";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Processor, Written];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        await using var server = await subject.StartAsync(subject.NewHome(), cancellation);
        await server.Client.CreateWarmAsync(Sessions, cancellation);
        var readers = new List<DeltaReader>();
        try
        {
            for (var i = 0; i < Readers; i++)
                readers.Add(await DeltaReader.OpenAsync(server.Client.Server, server.Client.Directory, cancellation));
            await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
            await Task.Delay(subject.Scale.Settle, cancellation);
            var processor = server.Tree.ProcessorMilliseconds();
            var written = server.Tree.WrittenBytes();
            await Task.Delay(subject.Scale.Quiet, cancellation);
            processor = server.Tree.ProcessorMilliseconds() - processor;
            written = server.Tree.WrittenBytes() - written;
            var samples = $"{subject.Scale.Quiet.TotalSeconds:0} s";
            return [new Figure(Processor, processor / subject.Scale.Quiet.TotalMilliseconds * 100, samples), new Figure(Written, written, samples)];
        }
        finally
        {
            foreach (var reader in readers)
                await reader.DisposeAsync();
        }
    }
}
