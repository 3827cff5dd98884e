using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>Two answers of ten megabytes each in one session, with an event reader, and the memory that the server holds afterwards.</summary>
internal sealed class LargeAnswersMeasurement : Measurement
{
    private const int Answers = 2;
    private const int Kilobytes = 10 * 1024;
    private static readonly Row After = new("memory after two answers of 10 MB (RSS)", "MB");

    /// <inheritdoc/>
    public override string Name => "large";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [After];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        await using var server = await subject.StartAsync(subject.NewHome(), cancellation);
        var session = (await server.Client.CreateWarmAsync(1, cancellation))[0];
        await using var idle = await IdleWatcher.OpenAsync(server.Client.Server, server.Client.Directory, cancellation);
        for (var i = 0; i < Answers; i++)
        {
            var ended = idle.NextIdle(session);
            await server.Client.PromptAsync(session, PromptBody.LongTurn(Kilobytes), cancellation);
            await ended.WaitAsync(cancellation);
        }

        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        await Task.Delay(subject.Scale.Settle, cancellation);
        return [new Figure(After, server.Tree.ResidentBytes() / 1e6, "1 process")];
    }
}
