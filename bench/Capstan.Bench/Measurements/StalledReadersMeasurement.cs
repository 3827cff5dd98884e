using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Capstan.Bench.Client;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>A turn of ten megabytes while 200 event streams are open that nobody reads from.</summary>
internal sealed class StalledReadersMeasurement : Measurement
{
    private const int Readers = 200;
    private const int Kilobytes = 10 * 1024;
    private static readonly TimeSpan HealthInterval = TimeSpan.FromMilliseconds(5);
    private static readonly Row Growth = new("200 stalled readers, 10 MB streamed: memory grows by at most", "MB");
    private static readonly Row Slowest = new("the same: slowest /global/health", "ms");
    private static readonly Row Middle = new("the same: /global/health, p50", "ms");

    /// <inheritdoc/>
    public override string Name => "stalled";

    /// <inheritdoc/>
    public override IReadOnlyList<Row> Rows { get; } = [Growth, Slowest, Middle];

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<Figure>> RunAsync(Subject subject, CancellationToken cancellation)
    {
        var growths = new List<double>();
        var answers = new List<double>();
        for (var i = 0; i < subject.Scale.StalledProcesses; i++)
            await MeasureAsync(subject, growths, answers, cancellation);
        var processes = growths.Count == 1 ? "1 process" : $"{growths.Count} processes";
        var health = new Percentiles(answers);
        return
        [
            new Figure(Growth, growths.Max(), processes),
            new Figure(Slowest, health.At(100), $"{health.Count:#,0} answers"),
            new Figure(Middle, health.Median, $"{health.Count:#,0} answers"),
        ];
    }

    private static async Task MeasureAsync(Subject subject, List<double> growths, List<double> answers, CancellationToken cancellation)
    {
        await using var server = await subject.StartAsync(subject.NewHome(), cancellation);
        var session = (await server.Client.CreateWarmAsync(1, cancellation))[0];
        var stalled = new List<Socket>();
        try
        {
            for (var i = 0; i < Readers; i++)
                stalled.Add(await StallAsync(server.Client.Server, server.Client.Directory, cancellation));
            await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
            server.Tree.ForgetPeak();
            var before = server.Tree.ResidentBytes();
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var asking = AskHealthAsync(server.Client, answers, over.Token);
            await server.Client.PromptAsync(session, PromptBody.LongTurn(Kilobytes), cancellation);
            // Not an event stream: at this pace one more reader could fall behind.
            while (await server.Client.IsBusyAsync(session, cancellation))
                await Task.Delay(HealthInterval, cancellation);
            // Those who were dropped are told why and go a few seconds later.
            await Task.Delay(subject.Scale.Settle, cancellation);
            await over.CancelAsync();
            await asking;
            growths.Add((server.Tree.PeakBytes() - before) / 1e6);
        }
        finally
        {
            foreach (var socket in stalled)
                socket.Dispose();
        }
    }

    private static async Task AskHealthAsync(SessionClient client, List<double> answers, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            var askedAt = Stopwatch.GetTimestamp();
            await client.VersionAsync(CancellationToken.None);
            answers.Add(Stopwatch.GetElapsedTime(askedAt).TotalMilliseconds);
            await Task.Delay(HealthInterval, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<Socket> StallAsync(Uri server, string directory, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(server.Host, server.Port, cancellation);
        var request = $"GET /event?directory={Uri.EscapeDataString(directory)} HTTP/1.1\r\nHost: {server.Authority}\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellation);
        // The first bytes tell that the stream is there; nothing is read after them.
        await socket.ReceiveAsync(new byte[16], cancellation);
        return socket;
    }
}
