using System.Diagnostics;
using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary><c>POST /session/{id}/abort</c> while the model is silent, and while a command runs that would take minutes.</summary>
internal sealed class AbortMeasurement : Measurement
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(1);
    private static readonly Row Silent = new("abort while the model is silent, to `session.idle`, p50", "ms");
    private static readonly Row SilentTail = new("abort while the model is silent, to `session.idle`, slowest", "ms");
    private static readonly Row Command = new("abort of a command, until it is gone and the session idle, p50", "ms");
    private static readonly Row CommandTail = new("abort of a command, until it is gone and the session idle, slowest", "ms");

    /// <inheritdoc/>
    public override string Name => "abort";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Silent, SilentTail, Command, CommandTail];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        await using var server = await subject.StartAsync(subject.NewHome(), cancellation);
        var sessions = await server.Client.CreateWarmAsync(2, cancellation);
        var started = new SemaphoreSlim(0);
        await using var deltas = await EventStream.OpenAsync(server.Client.Server, server.Client.Directory, (line, _) =>
        {
            if (line.IndexOf("\"message.part.delta\""u8) >= 0)
                started.Release();
        }, cancellation);
        await using var watcher = await IdleWatcher.OpenAsync(server.Client.Server, server.Client.Directory, cancellation);
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);

        var silent = await AbortAsync(sessions[0], PromptBody.Silence(), () => started.WaitAsync(cancellation), () => Task.CompletedTask);
        var alone = server.Tree.Count();
        var command = await AbortAsync(
            sessions[1], PromptBody.Command(), () => UntilAsync(() => server.Tree.Count() > alone), () => UntilAsync(() => server.Tree.Count() <= alone));
        return
        [
            new Figure(Silent, silent.Median, $"{silent.Count} aborts"),
            new Figure(SilentTail, silent.At(100), $"{silent.Count} aborts"),
            new Figure(Command, command.Median, $"{command.Count} aborts"),
            new Figure(CommandTail, command.At(100), $"{command.Count} aborts"),
        ];

        async Task<Percentiles> AbortAsync(string session, PromptBody body, Func<Task> running, Func<Task> gone)
        {
            var times = new List<double>();
            await Sampler.RunAsync(subject.Scale.Aborts, async _ =>
            {
                await server.Client.PromptAsync(session, body, cancellation);
                await running();
                var idle = watcher.NextIdle(session);
                var sentAt = Stopwatch.GetTimestamp();
                await server.Client.AbortAsync(session, cancellation);
                await gone();
                var goneAt = Stopwatch.GetTimestamp();
                times.Add(Stopwatch.GetElapsedTime(sentAt, Math.Max(await idle.WaitAsync(cancellation), goneAt)).TotalMilliseconds);
            }, cancellation);
            return new Percentiles(times);
        }

        async Task UntilAsync(Func<bool> isSo)
        {
            while (!isSo())
                await Task.Delay(LookInterval, cancellation);
        }
    }
}
