using System.Net.Mime;
using System.Text.Json;
using Capstan.Testing.Servers;

namespace Capstan.Server.Tests.Faults;

/// <summary>An event stream that tells when sessions become idle and how many events came, and keeps nothing of them.</summary>
internal sealed class IdleWatch : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly CancellationTokenSource _closing = new();
    private readonly Dictionary<string, TaskCompletionSource> _idle = [];
    private readonly Lock _lock = new();
    private readonly Action _onEvent;
    private readonly Task _pump;
    private bool _isEnded;

    private IdleWatch(HttpResponseMessage response, Stream stream, Action onEvent)
    {
        _response = response;
        _onEvent = onEvent;
        _pump = PumpAsync(stream);
    }

    public static async Task<IdleWatch> OpenAsync(ServerUnderTest server, Action? onEvent, CancellationToken cancellationToken)
    {
        var response = await server.Http.GetAsync("/event", HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.Content.Headers.ContentType?.MediaType != MediaTypeNames.Text.EventStream)
            throw new HttpRequestException($"No event stream: {(int)response.StatusCode}");
        return new IdleWatch(response, await response.Content.ReadAsStreamAsync(cancellationToken), onEvent ?? (static () => { }));
    }

    /// <summary>Completes when the session becomes idle after this call, or the stream ends.</summary>
    public Task NextIdleAsync(string sessionID)
    {
        lock (_lock)
        {
            if (_isEnded)
                return Task.CompletedTask;
            if (!_idle.TryGetValue(sessionID, out var next))
                _idle[sessionID] = next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return next.Task;
        }
    }

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
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(_closing.Token) is { } line)
            {
                if (!line.StartsWith("data: ", StringComparison.Ordinal))
                    continue;
                _onEvent();
                // Few of the events are parsed: this is to keep up with everything that a server can say.
                if (line.Contains("\"session.idle\"", StringComparison.Ordinal))
                    Take(JsonElement.Parse(line["data: ".Length..]));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The server was killed, or the watch is closed.
        }

        lock (_lock)
        {
            _isEnded = true;
            foreach (var waiting in _idle.Values)
                waiting.TrySetResult();
        }
    }

    private void Take(JsonElement published)
    {
        if (published.GetProperty("type").GetString() != "session.idle")
            return;
        lock (_lock)
        {
            if (_idle.Remove(published.GetProperty("properties").GetProperty("sessionID").GetString()!, out var waiting))
                waiting.TrySetResult();
        }
    }
}
