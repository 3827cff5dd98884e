using System.Diagnostics;
using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>Turns in a git repository with many files that git does not know yet: both servers record them to show what a turn changed.</summary>
internal sealed class NewFilesMeasurement : Measurement
{
    private static readonly Row First = new("first synchronous turn in a repository of 20,000 new files", "ms");
    private static readonly Row Later = new("later synchronous turns there, p50", "ms");

    /// <inheritdoc/>
    public override string Name => "files";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [First, Later];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var home = subject.NewHome();
        home.AddNewFiles(subject.Scale.NewFiles);
        await using var server = await subject.StartAsync(home, cancellation);
        await using var reader = await EventStream.OpenAsync(server.Client.Server, server.Client.Directory, static (_, _) => { }, cancellation);
        var session = await server.Client.CreateAsync(cancellation);
        var body = PromptBody.Turn(5);
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        var sentAt = Stopwatch.GetTimestamp();
        await server.Client.MessageAsync(session, body, cancellation);
        var first = Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds;
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        var later = await Sampler.TimeAsync(
            subject.Scale.HistoryTurns, _ => server.Client.MessageAsync(session, body, cancellation), cancellation);
        return [new Figure(First, first, "1 turn"), new Figure(Later, later.Median, $"{later.Count} turns")];
    }
}
