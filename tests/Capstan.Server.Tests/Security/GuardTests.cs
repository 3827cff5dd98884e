using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Security;

public sealed class GuardTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("evil.example.org", 403)]
    [InlineData("127.0.0.1.evil.example.org", 403)]
    [InlineData("localhost", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]", 200)]
    public async Task A_name_that_is_not_ours_is_turned_away(string host, int status)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/global/health") { Headers = { Host = host } };

        using var response = await server.Http.SendAsync(request, Cancelled);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("https://evil.example.org", 403)]
    [InlineData("null", 403)]
    [InlineData("http://localhost.evil.example.org", 403)]
    [InlineData("https://opencode.ai.evil.example.org", 403)]
    [InlineData("http://localhost:5173", 200)]
    [InlineData("https://app.opencode.ai", 200)]
    [InlineData("tauri://localhost", 200)]
    [InlineData("https://mine.example.org", 200)]
    public async Task A_web_page_that_is_not_allowed_is_turned_away_and_changes_nothing(string origin, int status)
    {
        await using var server = await TestServer.StartAsync(
            new() { Server = static options => options with { AllowedOrigins = ["https://mine.example.org"] } }, Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/session");
        request.Headers.Add("Origin", origin);

        using var response = await server.Http.SendAsync(request, Cancelled);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(
            status == 200 ? [origin] : [],
            response.Headers.TryGetValues("access-control-allow-origin", out var allowed) ? allowed : []);
        Assert.Equal(status == 200, await server.EventCountAsync(Cancelled) > 0);
    }

    [Fact]
    public async Task A_preflight_is_answered_without_the_password()
    {
        await using var server = await StartWithPasswordAsync();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/session");
        request.Headers.Add("Origin", "http://localhost:5173");
        request.Headers.Add("access-control-request-method", "POST");
        request.Headers.Add("access-control-request-headers", "content-type,x-opencode-directory");

        using var response = await server.Http.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("content-type,x-opencode-directory", Header(response, "access-control-allow-headers"));
        Assert.Equal("GET, HEAD, PUT, PATCH, POST, DELETE", Header(response, "access-control-allow-methods"));
        Assert.Equal("86400", Header(response, "access-control-max-age"));
        Assert.Equal("http://localhost:5173", Header(response, "access-control-allow-origin"));
        Assert.Equal("Origin", Header(response, "vary"));
    }

    [Theory]
    // A page asks first: without what it asks for, without a page, or with another method it is a request like any other.
    [InlineData("OPTIONS", "http://localhost:5173", null)]
    [InlineData("OPTIONS", null, "POST")]
    [InlineData("GET", "http://localhost:5173", "POST")]
    public async Task What_is_no_preflight_needs_the_password(string method, string? origin, string? asks)
    {
        await using var server = await StartWithPasswordAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/session");
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        if (asks is not null)
            request.Headers.Add("access-control-request-method", asks);

        using var response = await server.Http.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(0, response.Content.Headers.ContentLength);
        // The page may read even the refusal, or it could not tell it from a server that is gone.
        Assert.Equal(origin, Header(response, "access-control-allow-origin"));
    }

    [Theory]
    [InlineData("http://localhost:5173")]
    [InlineData("")]
    [InlineData(null)]
    public async Task An_allowed_page_reads_the_cursor_and_caches_keep_pages_apart(string? origin)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/global/health");
        if (origin is not null)
            request.Headers.TryAddWithoutValidation("Origin", origin);

        using var response = await server.Http.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var isPage = !string.IsNullOrEmpty(origin);
        Assert.Equal(isPage ? origin : null, Header(response, "access-control-allow-origin"));
        Assert.Equal(isPage ? "x-next-cursor, link" : null, Header(response, "access-control-expose-headers"));
        Assert.Equal(isPage ? "Origin" : null, Header(response, "vary"));
    }

    [Theory]
    [InlineData("Host", "evil.example.org", "This server does not answer to the name \"evil.example.org\". If it should, start it with --allow-host evil.example.org.")]
    [InlineData("Origin", "https://evil.example.org", "Web pages of https://evil.example.org may not use this server. If they should, start it with --cors https://evil.example.org.")]
    public async Task Who_is_turned_away_is_told_which_option_lets_them_in(string header, string value, string message)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/global/health");
        request.Headers.Add(header, value);

        using var response = await server.Http.SendAsync(request, Cancelled);

        var error = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(
            ("ForbiddenError", message),
            (error.GetProperty("name").GetString(), error.GetProperty("data").GetProperty("message").GetString()));
        Assert.Null(Header(response, "access-control-allow-origin"));
    }

    [Theory]
    [InlineData("/global/health")]
    [InlineData("/session")]
    [InlineData("/event")]
    [InlineData("/doc")]
    [InlineData("/nowhere/at/all")]
    public async Task Without_the_password_every_path_is_401(string path)
    {
        await using var server = await StartWithPasswordAsync();

        foreach (var credentials in new[] { null, "opencode:wrong", "someone:secret", "opencode:secret2", "opencode:" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (credentials is not null)
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Encode(credentials));
            using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);

            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("Basic realm=\"Secure Area\"", response.Headers.WwwAuthenticate.ToString());
            Assert.Empty(await response.Content.ReadAsStringAsync(Cancelled));
        }
    }

    [Theory]
    [InlineData("Bearer secret")]
    [InlineData("Basic secret")]
    [InlineData("Basic")]
    [InlineData("Basic %%%")]
    public async Task Other_forms_of_the_password_are_refused(string authorization)
    {
        await using var server = await StartWithPasswordAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/global/health");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await server.Http.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task The_password_opens_in_the_header_and_in_the_query()
    {
        await using var server = await StartWithPasswordAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/global/health");
        request.Headers.TryAddWithoutValidation("Authorization", $"basic {Encode("opencode:secret")}");

        using var byHeader = await server.Http.SendAsync(request, Cancelled);
        var byQuery = await server.AskAsync(
            HttpMethod.Get, $"/global/health?auth_token={Uri.EscapeDataString(Encode("opencode:secret"))}", cancellationToken: Cancelled);
        var wrong = await server.AskAsync(HttpMethod.Get, "/global/health?auth_token=secret", cancellationToken: Cancelled);

        Assert.Equal(HttpStatusCode.OK, byHeader.StatusCode);
        Assert.Equal(HttpStatusCode.OK, byQuery.Status);
        Assert.Equal(HttpStatusCode.Unauthorized, wrong.Status);
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? Assert.Single(values) : null;

    private static Task<TestServer> StartWithPasswordAsync() =>
        TestServer.StartAsync(new() { Server = static options => options with { Password = "secret" } }, Cancelled);

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
