using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Threading.Channels;

namespace Capstan.Testing.Streams;

/// <summary>
/// Reads an event stream as a client would and keeps everything it has seen. Time-outs are only a safety net for a
/// test that would otherwise hang: nothing is decided by them.
/// </summary>
public sealed class SseReader : IAsyncDisposable
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<SseEvent> _events = Channel.CreateUnbounded<SseEvent>();
    private readonly List<SseEvent> _seen = [];
    private readonly Task _pump;

    private SseReader(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        _pump = PumpAsync(stream);
    }

    /// <summary>The response's headers.</summary>
    public HttpResponseHeaders Headers => _response.Headers;

    /// <summary>The events taken so far, in order.</summary>
    public IReadOnlyList<SseEvent> Seen => _seen;

    /// <summary>Opens a stream and checks that it is one.</summary>
    /// <exception cref="HttpRequestException">The answer is not a success, or not an event stream.</exception>
    public static async Task<SseReader> OpenAsync(
        HttpClient client, string path, string? lastEventId = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        return await FromAsync(await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken), cancellationToken);
    }

    /// <summary>Reads the stream of an answer whose headers have arrived, and owns the answer from then on.</summary>
    /// <exception cref="HttpRequestException">The answer is not a success, or not an event stream.</exception>
    public static async Task<SseReader> FromAsync(HttpResponseMessage response, CancellationToken cancellationToken = default)
    {
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != MediaTypeNames.Text.EventStream)
        {
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            response.Dispose();
            throw new HttpRequestException($"{response.RequestMessage?.RequestUri} is no event stream: {(int)response.StatusCode} {text}", null, response.StatusCode);
        }

        return new SseReader(response, await response.Content.ReadAsStreamAsync(cancellationToken));
    }

    /// <summary>Opens a stream and waits for <c>server.connected</c>: from then on no event is missed.</summary>
    public static async Task<SseReader> ConnectAsync(HttpClient client, string path, CancellationToken cancellationToken = default)
    {
        var reader = await OpenAsync(client, path, null, cancellationToken);
        await reader.UntilAsync(e => e.Type == "server.connected");
        return reader;
    }

    /// <summary>Takes the next event; null when the server has ended the stream.</summary>
    /// <exception cref="TimeoutException">The safety net caught.</exception>
    public async Task<SseEvent?> NextAsync(TimeSpan? timeout = null)
    {
        using var net = new CancellationTokenSource(timeout ?? SafetyNet);
        try
        {
            if (!await _events.Reader.WaitToReadAsync(net.Token) || !_events.Reader.TryRead(out var next))
                return null;
            _seen.Add(next);
            return next;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No further event. Seen: {Tail()}");
        }
    }

    /// <summary>Takes events until one matches, and returns that one.</summary>
    /// <exception cref="TimeoutException">No match within the safety net, which covers the whole wait.</exception>
    /// <exception cref="EndOfStreamException">The stream ended first.</exception>
    public async Task<SseEvent> UntilAsync(Func<SseEvent, bool> matches, TimeSpan? timeout = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        var whole = timeout ?? SafetyNet;
        while (true)
        {
            var left = whole - TimeProvider.System.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                throw new TimeoutException($"No event matched. Seen: {Tail()}");
            var next = await NextAsync(left) ?? throw new EndOfStreamException($"The stream ended without a match. Seen: {Tail()}");
            if (matches(next))
                return next;
        }
    }

    /// <summary>Takes events until one of the session has the type, and returns that one.</summary>
    public Task<SseEvent> UntilAsync(string type, string? sessionId = null, TimeSpan? timeout = null) =>
        UntilAsync(e => e.Type == type && (sessionId is null || e.SessionId == sessionId), timeout);

    /// <summary>Takes events until the server ends the stream, and returns all that were ever seen.</summary>
    public async Task<IReadOnlyList<SseEvent>> ToEndAsync(TimeSpan? timeout = null)
    {
        // Each wait is bounded, and so is their sum: a stream of heartbeats never ends by itself.
        var started = TimeProvider.System.GetTimestamp();
        while (await NextAsync(timeout) is not null)
        {
            if (TimeProvider.System.GetElapsedTime(started) > 2 * (timeout ?? SafetyNet))
                throw new TimeoutException($"The stream did not end. Seen: {Tail()}");
        }

        return Seen;
    }

    /// <summary>Disconnects.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _response.Dispose();
        await _pump;
        _closing.Dispose();
    }

    private async Task PumpAsync(Stream stream)
    {
        try
        {
            using var reader = new StreamReader(stream, Encoding.UTF8);
            string? id = null, name = null;
            StringBuilder? data = null;
            while (await reader.ReadLineAsync(_closing.Token) is { } line)
            {
                if (line.Length == 0)
                {
                    if (data is not null)
                        _events.Writer.TryWrite(new SseEvent(id, name, data.ToString()));
                    (id, name, data) = (null, null, null);
                    continue;
                }

                var colon = line.IndexOf(':', StringComparison.Ordinal);
                var field = colon < 0 ? line : line[..colon];
                var value = colon < 0 ? "" : line[(colon + 1)..];
                if (value.StartsWith(' '))
                    value = value[1..];
                switch (field)
                {
                    case "data":
                        data = data is null ? new StringBuilder(value) : data.Append('\n').Append(value);
                        break;
                    case "id":
                        id = value;
                        break;
                    case "event":
                        name = value;
                        break;
                }
            }

            _events.Writer.TryComplete();
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // A broken connection ends the stream like a clean one; what matters to a test is what had arrived.
            _events.Writer.TryComplete();
        }
    }

    private string Tail() => string.Join('\n', _seen.TakeLast(12));
}
