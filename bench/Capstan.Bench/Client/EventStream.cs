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
    private readonly Socket _socket;
    private readonly EventLineHandler _handler;
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private byte[] _buffer = new byte[16 * 1024];
    private int _filled;
    private ChunkDecoder? _decoder;
    private Task _reading = Task.CompletedTask;

    private EventStream(Socket socket, EventLineHandler handler)
    {
        _socket = socket;
        _handler = handler;
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
            stream._reading = stream.ReadAsync();
            await stream._connected.Task.WaitAsync(cancellation);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Completes when the stream has closed, from either side.</summary>
    public Task Closed => _reading;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _reading;
    }

    private async Task ConnectAsync(Uri server, string path, CancellationToken cancellation)
    {
        await _socket.ConnectAsync(server.Host, server.Port, cancellation);
        var request = $"GET {path} HTTP/1.1\r\n" +
            $"Host: {server.Authority}\r\nAccept: text/event-stream\r\n\r\n";
        await _socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellation);
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(_filled), cancellation);
            if (received == 0)
                throw new IOException("The event stream closed before its headers.");
            _filled += received;
        }

        var head = Encoding.ASCII.GetString(_buffer, 0, end);
        if (!head.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
            throw new IOException($"The event stream was refused: {head.Split("\r\n")[0]}");
        if (head.Contains("transfer-encoding: chunked", StringComparison.OrdinalIgnoreCase))
            _decoder = new ChunkDecoder();
        var rest = _filled - end - 4;
        _buffer.AsSpan(end + 4, rest).CopyTo(_buffer);
        _filled = 0;
        Accept(rest, Stopwatch.GetTimestamp());
    }

    private async Task ReadAsync()
    {
        try
        {
            while (true)
            {
                if (_filled == _buffer.Length)
                    Array.Resize(ref _buffer, _buffer.Length * 2);
                var received = await _socket.ReceiveAsync(_buffer.AsMemory(_filled));
                if (received == 0)
                    break;
                Accept(received, Stopwatch.GetTimestamp());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed, by either side.
        }

        _connected.TrySetException(new IOException("The event stream closed before server.connected."));
    }

    private void Accept(int received, long timestamp)
    {
        _filled += _decoder?.Decode(_buffer.AsSpan(_filled, received)) ?? received;
        var rest = _buffer.AsSpan(0, _filled);
        int end;
        while ((end = rest.IndexOf((byte)'\n')) >= 0)
        {
            var line = rest[..end];
            rest = rest[(end + 1)..];
            if (!_connected.Task.IsCompleted && line.IndexOf("\"server.connected\""u8) >= 0)
                _connected.TrySetResult();
            _handler(line, timestamp);
        }

        _filled = rest.Length;
        rest.CopyTo(_buffer);
    }
}
