using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Capstan.Bench.Client;

/// <summary>The requests that both servers are driven with. Each checks that what it asked for was done.</summary>
internal sealed class SessionClient : IDisposable
{
    private readonly HttpClient _http;

    /// <summary>A client for one server and one directory.</summary>
    public SessionClient(Uri server, string directory)
    {
        Server = server;
        Directory = directory;
        _http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            // A server that was halted while the other was measured closes what was idle for too long, the moment it goes on.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        })
        {
            BaseAddress = server,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.Add("x-opencode-directory", Uri.EscapeDataString(directory));
    }

    /// <summary>Where the server listens.</summary>
    public Uri Server { get; }

    /// <summary>The directory that its sessions live in.</summary>
    public string Directory { get; }

    /// <summary>The version that the server gives itself.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellation)
    {
        using var response = await _http.GetAsync("/global/health", cancellation);
        using var health = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
        return health.RootElement.TryGetProperty("version", out var version) ? version.GetString()! : "?";
    }

    /// <summary>Creates a session and returns its identifier.</summary>
    public Task<string> CreateAsync(CancellationToken cancellation) => CreateAsync("{}"u8.ToArray(), cancellation);

    /// <summary>Creates a session that has a title, so that none is asked of the model, and returns its identifier.</summary>
    public Task<string> CreateTitledAsync(CancellationToken cancellation) =>
        CreateAsync("""{"title":"Bench"}"""u8.ToArray(), cancellation);

    private async Task<string> CreateAsync(byte[] body, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await _http.PostAsync("/session", content, cancellation);
        await ExpectAsync(response, HttpStatusCode.OK, cancellation);
        using var session = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
        return session.RootElement.GetProperty("id").GetString()!;
    }

    /// <summary>Creates sessions that have had one turn, so that title and first-turn work is behind them.</summary>
    public async Task<string[]> CreateWarmAsync(int count, CancellationToken cancellation)
    {
        var sessions = new string[count];
        var body = PromptBody.Turn(2);
        for (var i = 0; i < count; i++)
        {
            sessions[i] = await CreateAsync(cancellation);
            await MessageAsync(sessions[i], body, cancellation);
        }

        return sessions;
    }

    /// <summary><c>POST /session/{id}/message</c>: returns when the whole answer is here.</summary>
    public async Task MessageAsync(string session, PromptBody body, CancellationToken cancellation)
    {
        using var content = body.Content();
        using var response = await _http.PostAsync($"/session/{session}/message", content, cancellation);
        await ExpectAsync(response, HttpStatusCode.OK, cancellation);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellation);
        if (body.LastDelta is { } last && answer.AsSpan().IndexOf(last) < 0)
            throw new MeasurementException($"The answer is not whole: {Encoding.UTF8.GetString(answer)}");
    }

    /// <summary><c>POST /session/{id}/message</c> of an injection: false where the server says that its database is away.</summary>
    public async Task<bool> TryInjectAsync(string session, PromptBody body, CancellationToken cancellation)
    {
        using var content = body.Content();
        using var response = await _http.PostAsync($"/session/{session}/message", content, cancellation);
        if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            return false;
        await ExpectAsync(response, HttpStatusCode.OK, cancellation);
        return true;
    }

    /// <summary><c>POST /session/{id}/prompt_async</c>: returns at the acknowledgement.</summary>
    public async Task PromptAsync(string session, PromptBody body, CancellationToken cancellation)
    {
        using var content = body.Content();
        using var response = await _http.PostAsync($"/session/{session}/prompt_async", content, cancellation);
        await ExpectAsync(response, HttpStatusCode.NoContent, cancellation);
    }

    /// <summary><c>POST /session/{id}/abort</c>: returns with its answer.</summary>
    public async Task AbortAsync(string session, CancellationToken cancellation)
    {
        using var response = await _http.PostAsync($"/session/{session}/abort", null, cancellation);
        await ExpectAsync(response, HttpStatusCode.OK, cancellation);
    }

    /// <summary><c>GET /session</c>: reads the newest sessions.</summary>
    public Task<long> ListAsync(int limit, CancellationToken cancellation) => ReadAsync($"/session?limit={limit}", cancellation);

    /// <summary><c>GET /session</c> with the client's directory in the query: reads the newest sessions of that directory.</summary>
    public Task<long> ListOwnAsync(CancellationToken cancellation) =>
        ReadAsync($"/session?limit=100&directory={Uri.EscapeDataString(Directory)}", cancellation);

    /// <summary><c>GET /session/{id}/message</c>: reads all of it, or its newest messages, and returns the length in bytes.</summary>
    public Task<long> HistoryAsync(string session, int? newest, CancellationToken cancellation) =>
        ReadAsync($"/session/{session}/message{(newest is null ? "" : $"?limit={newest}")}", cancellation);

    private async Task<long> ReadAsync(string path, CancellationToken cancellation)
    {
        using var response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ExpectAsync(response, HttpStatusCode.OK, cancellation);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        long length = 0;
        for (int read; (read = await stream.ReadAsync(buffer, cancellation)) > 0; length += read)
        {
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return length;
    }

    /// <summary>How many messages a session has.</summary>
    public async Task<int> CountMessagesAsync(string session, CancellationToken cancellation)
    {
        using var messages = JsonDocument.Parse(await _http.GetByteArrayAsync($"/session/{session}/message", cancellation));
        return messages.RootElement.GetArrayLength();
    }

    /// <summary>Whether a turn of the session runs.</summary>
    public async Task<bool> IsBusyAsync(string session, CancellationToken cancellation)
    {
        using var status = JsonDocument.Parse(await _http.GetByteArrayAsync("/session/status", cancellation));
        return status.RootElement.TryGetProperty(session, out _);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task ExpectAsync(HttpResponseMessage response, HttpStatusCode expected, CancellationToken cancellation)
    {
        if (response.StatusCode == expected)
            return;
        var body = await response.Content.ReadAsStringAsync(cancellation);
        throw new MeasurementException(
            $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri!.AbsolutePath} gave {(int)response.StatusCode}: {body}");
    }
}
