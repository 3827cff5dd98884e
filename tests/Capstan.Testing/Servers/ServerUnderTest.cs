using System.Net;
using System.Net.Mime;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Testing.Streams;

namespace Capstan.Testing.Servers;

/// <summary>
/// A server that a test talks to over HTTP, and the calls that tests make. Every request names the workspace in its header;
/// what a helper did not expect becomes an exception that quotes the answer.
/// </summary>
public abstract class ServerUnderTest
{
    /// <summary>A client of the server as it runs now; a restart brings another.</summary>
    public abstract HttpClient Http { get; }

    /// <summary>The absolute path of the workspace that requests name.</summary>
    public abstract string Directory { get; }

    /// <summary>The JSON body of a prompt of one text.</summary>
    /// <param name="text">What is said; <c>[script:NAME]</c> in it chooses the model's script.</param>
    /// <param name="messageID">The identifier that the client chose, if any.</param>
    public static JsonObject Prompt(string text, string? messageID = null)
    {
        var body = new JsonObject { ["parts"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = text }) };
        if (messageID is not null)
            body["messageID"] = messageID;
        return body;
    }

    /// <summary>Sends a request with a JSON text as its body.</summary>
    /// <exception cref="HttpRequestException">The server could not be reached.</exception>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? json = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = new StringContent(json, Encoding.UTF8, MediaTypeNames.Application.Json);
        try
        {
            return await Http.SendAsync(request, cancellationToken);
        }
        catch (SocketException exception)
        {
            // HttpClient asks a connection for its other end, outside of what it translates: a server that was killed in between has none.
            throw new HttpRequestException(exception.Message, exception);
        }
    }

    /// <summary>Sends a request and returns the status and the body, whatever they are.</summary>
    public async Task<(HttpStatusCode Status, string Body)> AskAsync(
        HttpMethod method, string path, string? json = null, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(method, path, json, cancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Reads JSON.</summary>
    /// <exception cref="HttpRequestException">The answer is no success.</exception>
    public Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken = default) =>
        ExpectAsync(HttpMethod.Get, path, null, cancellationToken);

    /// <summary>Creates a session and returns its identifier.</summary>
    /// <param name="body">The JSON body; a title keeps the server from asking the model for one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<string> CreateSessionAsync(string body = """{"title":"a test"}""", CancellationToken cancellationToken = default) =>
        (await ExpectAsync(HttpMethod.Post, "/session", body, cancellationToken)).GetProperty("id").GetString()!;

    /// <summary>Prompts and waits for the answer, which is returned.</summary>
    public Task<JsonElement> PromptAsync(string sessionID, string text, CancellationToken cancellationToken = default) =>
        PromptAsync(sessionID, Prompt(text), cancellationToken);

    /// <summary>Prompts and waits for the answer, which is returned.</summary>
    public Task<JsonElement> PromptAsync(string sessionID, JsonObject body, CancellationToken cancellationToken = default) =>
        ExpectAsync(HttpMethod.Post, $"/session/{sessionID}/message", body.ToJsonString(), cancellationToken);

    /// <summary>Prompts and returns once the server has accepted it.</summary>
    public Task PromptWithoutWaitingAsync(string sessionID, string text, CancellationToken cancellationToken = default) =>
        PromptWithoutWaitingAsync(sessionID, Prompt(text), cancellationToken);

    /// <summary>Prompts and returns once the server has accepted it.</summary>
    public async Task PromptWithoutWaitingAsync(string sessionID, JsonObject body, CancellationToken cancellationToken = default)
    {
        var (status, text) = await AskAsync(HttpMethod.Post, $"/session/{sessionID}/prompt_async", body.ToJsonString(), cancellationToken);
        if (status != HttpStatusCode.NoContent)
            throw new HttpRequestException($"prompt_async was answered {(int)status} {text}", null, status);
    }

    /// <summary>Aborts the session's turn.</summary>
    public Task AbortAsync(string sessionID, CancellationToken cancellationToken = default) =>
        ExpectAsync(HttpMethod.Post, $"/session/{sessionID}/abort", null, cancellationToken);

    /// <summary>The session's messages, oldest first.</summary>
    public async Task<IReadOnlyList<JsonElement>> MessagesAsync(string sessionID, CancellationToken cancellationToken = default) =>
        [.. (await GetAsync($"/session/{sessionID}/message", cancellationToken)).EnumerateArray()];

    /// <summary>The status of every session that is not idle, by session.</summary>
    public Task<JsonElement> StatusAsync(CancellationToken cancellationToken = default) => GetAsync("/session/status", cancellationToken);

    /// <summary>The permission requests that wait for an answer.</summary>
    public async Task<IReadOnlyList<JsonElement>> PermissionsAsync(CancellationToken cancellationToken = default) =>
        [.. (await GetAsync("/permission", cancellationToken)).EnumerateArray()];

    /// <summary>Answers a permission request.</summary>
    public Task ReplyAsync(string requestID, string reply, string? message = null, CancellationToken cancellationToken = default)
    {
        var body = new JsonObject { ["reply"] = reply };
        if (message is not null)
            body["message"] = message;
        return ExpectAsync(HttpMethod.Post, $"/permission/{requestID}/reply", body.ToJsonString(), cancellationToken);
    }

    /// <summary>Opens the workspace's event stream; from then on no event is missed.</summary>
    public Task<SseReader> OpenEventsAsync(CancellationToken cancellationToken = default) =>
        SseReader.ConnectAsync(Http, "/event", cancellationToken);

    /// <summary>Opens the server's event stream; from then on no event is missed.</summary>
    public Task<SseReader> OpenGlobalEventsAsync(CancellationToken cancellationToken = default) =>
        SseReader.ConnectAsync(Http, "/global/event", cancellationToken);

    /// <summary>A client of an address that names a workspace.</summary>
    protected static HttpClient CreateClient(Uri address, string directory)
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 })
        {
            BaseAddress = address,
            // A safety net; nothing is decided by it.
            Timeout = TimeSpan.FromSeconds(60),
        };
        client.DefaultRequestHeaders.Add("x-opencode-directory", Uri.EscapeDataString(directory));
        return client;
    }

    private async Task<JsonElement> ExpectAsync(HttpMethod method, string path, string? json, CancellationToken cancellationToken)
    {
        var (status, body) = await AskAsync(method, path, json, cancellationToken);
        return (int)status is >= 200 and < 300
            ? JsonElement.Parse(body)
            : throw new HttpRequestException($"{method} {path} was answered {(int)status} {body}", null, status);
    }
}
