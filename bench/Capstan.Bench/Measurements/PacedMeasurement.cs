using System.Collections.Concurrent;
using System.Diagnostics;
using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>
/// Prompts at a fixed pace, whatever the server does with those before: a closed loop keeps the processors full, and then every
/// acknowledgement waits for them.
/// </summary>
internal sealed class PacedMeasurement : Measurement
{
    private const int EachSecond = 120;
    private static readonly Row Median = new("acknowledged at 120 turns/s, p50", "ms");
    private static readonly Row Tail = new("acknowledged at 120 turns/s, p99", "ms");
    private static readonly Row Idle = new("sent to `session.idle` seen at 120 turns/s, p50", "ms");
    private static readonly ProcessorRows Processor = new("processor time of each turn at 120 turns/s");

    /// <inheritdoc/>
    public override string Name => "paced";

    /// <summary>False: prompts would only pile up in a server that takes two turns a second.</summary>
    public override bool IsForAll => false;

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Median, Tail, Idle, .. Processor.Rows];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var server = await subject.SharedAsync(cancellation);
        // A session has a prompt once a second, so that none waits for the turn before it.
        var sessions = await server.Client.CreateWarmAsync(EachSecond, cancellation);
        await using var watcher = await IdleWatcher.OpenAsync(server.Client.Server, server.Client.Directory, cancellation);
        var body = PromptBody.Turn(20);
        await SendAsync(sessions.Length, _ => { });
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);

        var turns = subject.Scale.PacedTurns;
        var taken = new ConcurrentQueue<(double Acknowledged, double Idle)>();
        var before = server.ProcessorTime();
        var startedAt = Stopwatch.GetTimestamp();
        await SendAsync(turns, taken.Enqueue);
        var pace = turns / Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        var samples = $"{turns:#,0} turns, {pace:0} each second";
        var acknowledged = new Percentiles(taken.Select(turn => turn.Acknowledged));
        return
        [
            new Figure(Median, acknowledged.Median, samples),
            new Figure(Tail, acknowledged.At(99), samples),
            new Figure(Idle, new Percentiles(taken.Select(turn => turn.Idle)).Median, samples),
            .. Processor.Figures(server.ProcessorTime().Since(before).Each(turns), samples),
        ];

        async Task SendAsync(int count, Action<(double Acknowledged, double Idle)> note)
        {
            var first = Stopwatch.GetTimestamp();
            var sent = new List<Task>(count);
            await Sampler.RunAsync(count, async i =>
            {
                var due = TimeSpan.FromSeconds((double)i / EachSecond) - Stopwatch.GetElapsedTime(first);
                if (due > TimeSpan.Zero)
                    await Task.Delay(due, cancellation);
                sent.Add(TurnAsync(sessions[i % sessions.Length], note));
            }, cancellation);
            await Task.WhenAll(sent);
        }

        async Task TurnAsync(string session, Action<(double Acknowledged, double Idle)> note)
        {
            var idle = watcher.NextIdle(session);
            var sentAt = Stopwatch.GetTimestamp();
            await server.Client.PromptAsync(session, body, cancellation);
            var acknowledged = Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds;
            note((acknowledged, Stopwatch.GetElapsedTime(sentAt, await idle.WaitAsync(cancellation)).TotalMilliseconds));
        }
    }
}
