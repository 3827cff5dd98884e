using System.Diagnostics;
using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>
/// <c>prompt_async</c>: how soon it is acknowledged, and how soon the session is seen idle again. The next prompt waits for that,
/// so no prompt stands behind another.
/// </summary>
internal sealed class PromptMeasurement : Measurement
{
    private static readonly Row Median = new("`prompt_async` acknowledged, p50", "ms");
    private static readonly Row Tail = new("`prompt_async` acknowledged, p99", "ms");
    private static readonly Row Idle = new("`prompt_async` sent to `session.idle` seen, p50", "ms");

    /// <inheritdoc/>
    public override string Name => "prompt";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Median, Tail, Idle];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var server = await subject.SharedAsync(cancellation);
        var sessions = await server.Client.CreateWarmAsync(subject.Scale.Sessions, cancellation);
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        await using var watcher = await IdleWatcher.OpenAsync(server.Client.Server, server.Client.Directory, cancellation);
        var body = PromptBody.Turn(5);
        var acknowledged = new List<double>();
        var idle = new List<double>();
        await Sampler.RunAsync(subject.Scale.Prompts, async i =>
        {
            var session = sessions[i % sessions.Length];
            var nextIdle = watcher.NextIdle(session);
            var sentAt = Stopwatch.GetTimestamp();
            await server.Client.PromptAsync(session, body, cancellation);
            acknowledged.Add(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds);
            var idleAt = await nextIdle.WaitAsync(cancellation);
            idle.Add(Stopwatch.GetElapsedTime(sentAt, idleAt).TotalMilliseconds);
        }, cancellation);

        var times = new Percentiles(acknowledged);
        var samples = $"{times.Count} prompts";
        return
        [
            new Figure(Median, times.Median, samples),
            new Figure(Tail, times.At(99), samples),
            new Figure(Idle, new Percentiles(idle).Median, samples),
        ];
    }
}
