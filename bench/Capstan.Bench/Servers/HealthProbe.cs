using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Capstan.Bench.Servers;

/// <summary>Finds the instant at which a starting server first answers.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // OpenCode can leave a connection hanging that was opened in the instant before it listens; another is then tried beside it.
    private static readonly TimeSpan Hedge = TimeSpan.FromMilliseconds(150);

    /// <summary>The timestamp of the first 200 on <c>GET /global/health</c>.</summary>
    public static async Task<long> WaitAsync(int port, Process process, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        var first = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            while (!first.Task.IsCompleted)
            {
                if (process.HasExited)
                    throw new InvalidOperationException($"The server ended with {process.ExitCode} before it answered.");
                if (!await TryAsync(port, first, limit.Token))
                    await Task.Delay(Interval, limit.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"The server did not answer in {Patience.TotalSeconds:0} s.");
        }

        return await first.Task;
    }

    /// <summary>False when nobody listens; true when a request was answered, or is still on its way after the hedge.</summary>
    private static async Task<bool> TryAsync(int port, TaskCompletionSource<long> first, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return false;
        }

        var request = AskAsync(socket, first, cancellation);
        await Task.WhenAny(request, first.Task, Task.Delay(Hedge, cancellation));
        return !request.IsCompleted || first.Task.IsCompleted;
    }

    private static async Task AskAsync(Socket socket, TaskCompletionSource<long> first, CancellationToken cancellation)
    {
        using (socket)
        {
            try
            {
                await socket.SendAsync("GET /global/health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"u8.ToArray(), cancellation);
                var answer = new byte[512];
                var received = await socket.ReceiveAsync(answer, cancellation);
                if (answer.AsSpan(0, received).StartsWith("HTTP/1.1 200"u8))
                    first.TrySetResult(Stopwatch.GetTimestamp());
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // This one came to nothing; the loop asks again.
            }
        }
    }
}
