using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Capstan.Bench.Client;

/// <summary>
/// One reader of <c>GET /event</c>, or of <c>GET /global/event</c>, on a bare socket: lines are handed on as bytes and nothing is parsed, so that a hundred of
/// these take little from the server that is measured on the same machine.
/// </summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly Socket socket;
    private readonly EventLineHandler handler;
    private readonly TaskCompletionSource connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] buffer = new byte[16 * 1024];
    private int filled;
    private ChunkDecoder? decoder;
    private Task reading = Task.CompletedTask;

    private EventStream(Socket socket, EventLineHandler handler)
    {
        this.socket = socket;
        this.handler = handler;
    }

    /// <summary>Connects and returns once the server has said <c>server.connected</c>; what comes later is not missed.</summary>
    public static Task<EventStream> OpenAsync(Uri server, string directory, EventLineHandler handler, CancellationToken cancellation) =>
        OpenAtAsync(server, $"/event?directory={Uri.EscapeDataString(directory)}", handler, cancellation);

    /// <summary>The same for the events of all directories.</summary>
    public static Task<EventStream> OpenGlobalAsync(Uri server, EventLineHandler handler, CancellationToken cancellation) =>
        OpenAtAsync(server, "/global/event", handler, cancellation);

    private static async Task<EventStream> OpenAtAsync(
        Uri server, string path, EventLineHandler handler, CancellationToken cancellation)
    {
        var stream = new EventStream(new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }, handler);
        try
        {
            await stream.ConnectAsync(server, path, cancellation);
            stream.reading = stream.ReadAsync();
            await stream.connected.Task.WaitAsync(cancellation);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when the stream has closed, from either side.</summary>
    public Task Closed => reading;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await reading;
    }

    private async Task ConnectAsync(Uri server, string path, CancellationToken cancellation)
    {
        await socket.ConnectAsync(server.Host, server.Port, cancellation);
        var request = $"GET {path} HTTP/1.1\r\n" +
            $"Host: {server.Authority}\r\nAccept: text/event-stream\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellation);
        int end;
        while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var received = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellation);
            if (received == 0)
                throw new IOException("The event stream closed before its headers.");
            filled += received;
        }

        var head = Encoding.ASCII.GetString(buffer, 0, end);
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
            throw new IOException($"The event stream was refused: {head.Split("\r\n")[0]}");
        if (head.Contains("transfer-encoding: chunked", StringComparison.OrdinalIgnoreCase))
            decoder = new ChunkDecoder();
        var rest = filled - end - 4;
        buffer.AsSpan(end + 4, rest).CopyTo(buffer);
        filled = 0;
        Accept(rest, Stopwatch.GetTimestamp());
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                if (filled == buffer.Length)
                    Array.Resize(ref buffer, buffer.Length * 2);
                var received = await socket.ReceiveAsync(buffer.AsMemory(filled));
                if (received == 0)
                    break;
                Accept(received, Stopwatch.GetTimestamp());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed, by either side.
        }

        connected.TrySetException(new IOException("The event stream closed before server.connected."));
    }

    private void Accept(int received, long timestamp)
    {
        filled += decoder?.Decode(buffer.AsSpan(filled, received)) ?? received;
        var rest = buffer.AsSpan(0, filled);
        int end;
        while ((end = rest.IndexOf((byte)'\n')) >= 0)
        {
            var line = rest[..end];
            rest = rest[(end + 1)..];
            if (!connected.Task.IsCompleted && line.IndexOf("\"server.connected\""u8) >= 0)
                connected.TrySetResult();
            handler(line, timestamp);
        }

        filled = rest.Length;
        rest.CopyTo(buffer);
    }
}
