using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Fuzzing;

/// <summary>R12: requests that no client library writes. Whatever is wrong with them is the client's fault and said to be.</summary>
public sealed class RawRequestTests : IAsyncLifetime
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    private static readonly string[] Odd =
    [
        "%00", "a%00b", "%ff", "%zz", "%", "%ed%a0%80", "..%2f..%2f", "%2e%2e", "-1", "1e99", "99999999999999999999", "NaN", "", "%20",
        "'", "%0d%0a", "%01", "%F0%9F%92%A5", "{}", "[]", "null", "%E2%80%AE", "ses_%00", "msg_%00", "per_%00",
        new string('a', 5000), string.Concat(Enumerable.Repeat("a/", 2500)),
    ];

    private static readonly string[] Routes =
    [
        "GET /session", "GET /session/status", "GET /session/{0}", "GET /session/{0}/message", "GET /session/{0}/message/{0}",
        "GET /session/{0}/children", "GET /session/{0}/todo", "GET /session/{0}/inbox", "DELETE /session/{0}/inbox/{0}",
        "DELETE /session/{0}", "POST /session/{0}/abort", "POST /permission/{0}/reply", "POST /session/{0}/permissions/{0}", "GET /permission",
        "GET /agent", "GET /config", "GET /provider", "GET /path", "GET /project", "GET /project/current", "GET /{0}", "{0} /session",
        "POST /session", "PATCH /session/{0}", "POST /session/{0}/prompt_async", "POST /session/{0}/message", "HEAD /event", "HEAD /session/{0}",
        "GET /file?path={0}", "GET /file/content?path={0}", "GET /find?pattern={0}", "GET /find/file?query={0}", "GET /vcs/diff?mode={0}",
    ];

    private TestServer _server = null!;
    private string _session = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(cancellationToken: Cancelled);
        _session = await _server.CreateSessionAsync(cancellationToken: Cancelled);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("G")]
    [InlineData("-1")]
    [InlineData("7fffffff7fffffff")]
    [InlineData("ffffffffffffffffffff")]
    [InlineData("5\r\nabcdefgh")]
    public async Task A_bad_size_of_a_chunk_is_a_bad_request(string chunk)
    {
        Assert.Equal(400, await SendAsync($"POST /session/{_session}/prompt_async HTTP/1.1", $"Transfer-Encoding: chunked\r\n\r\n{chunk}\r\n"));
        Assert.Empty(_server.Warnings);
    }

    [Theory]
    [InlineData("/event")]
    [InlineData("/EVENT")]
    [InlineData("/event/")]
    [InlineData("/Global/Event")]
    [InlineData("/global/event/")]
    public async Task HEAD_of_a_stream_gives_its_headers_and_ends(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using var response = await _server.Http.SendAsync(request, Cancelled).WaitAsync(SafetyNet, Cancelled);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(Cancelled).WaitAsync(SafetyNet, Cancelled));
        Assert.Equal(0, _server.Engine.Hub.SubscriptionCount);
    }

    [Fact]
    public async Task Odd_paths_queries_and_headers_are_answered_and_never_with_500()
    {
        string[] keys = ["directory", "path", "limit", "before", "start", "search", "scope", "roots", "auth_token", "workspace"];
        var random = new Random(1);
        foreach (var route in Routes)
        {
            foreach (var odd in Odd)
            {
                var target = string.Format(CultureInfo.InvariantCulture, route, odd.Length == 0 ? "x" : odd);
                var query = random.Next(2) == 0 ? "" : $"?{keys[random.Next(keys.Length)]}={Odd[random.Next(Odd.Length)]}";
                var header = random.Next(4) == 0 ? $"x-opencode-directory: {Odd[random.Next(Odd.Length)]}\r\n" : "";
                var body = random.Next(2) == 0 ? "Content-Length: 2\r\n\r\n{}" : "Content-Length: 0\r\n\r\n";
                var status = await SendAsync($"{target}{query} HTTP/1.1", header + body);
                Assert.True(status is >= 100 and < 500, $"{target}{query} was answered {status}\n{string.Join('\n', _server.Warnings)}");
            }
        }
    }

    /// <summary>Sends a request on a connection of its own, and returns the status of the answer.</summary>
    private async Task<int> SendAsync(string requestLine, string rest)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server.Address.Host, _server.Address.Port, Cancelled);
        await socket.SendAsync(
            Encoding.UTF8.GetBytes($"{requestLine}\r\nHost: {_server.Address.Authority}\r\nConnection: close\r\nContent-Type: application/json\r\n{rest}"),
            Cancelled);
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        var line = await reader.ReadLineAsync(Cancelled).AsTask().WaitAsync(SafetyNet, Cancelled);
        return int.Parse(line!.Split(' ')[1], CultureInfo.InvariantCulture);
    }
}
