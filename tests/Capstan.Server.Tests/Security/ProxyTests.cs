using System.Net;
using System.Text.Json;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Security;

/// <summary>The server behind a proxy: whose word it takes, and which addresses it gives out.</summary>
public sealed class ProxyTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("127.0.0.1", "app.example.org", 200)]
    [InlineData("127.0.0.1", "evil.example", 403)]
    [InlineData("192.0.2.7", "app.example.org", 200)]
    [InlineData("192.0.2.7", "evil.example", 200)]
    [InlineData(null, "evil.example", 200)]
    public async Task The_forwarded_name_counts_where_the_proxy_is_trusted(string? trusted, string forwarded, int status)
    {
        await using var server = await StartAsync(trusted);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/global/health");
        request.Headers.Add("X-Forwarded-For", "198.51.100.1");
        request.Headers.Add("X-Forwarded-Host", forwarded);
        request.Headers.Add("X-Forwarded-Proto", "https");

        using var response = await server.Http.SendAsync(request, Cancelled);

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_forwarded_name_does_not_hide_one_that_is_not_ours()
    {
        await using var server = await StartAsync(trusted: "192.0.2.7");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/global/health") { Headers = { Host = "evil.example" } };
        request.Headers.Add("X-Forwarded-For", "198.51.100.1");
        request.Headers.Add("X-Forwarded-Host", "localhost");

        using var response = await server.Http.SendAsync(request, Cancelled);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Links_name_the_address_that_the_client_used()
    {
        await using var server = await StartAsync(trusted: "127.0.0.1");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        foreach (var text in new[] { "one", "two" })
            await server.PromptAsync(session, text, Cancelled);

        var plain = await LinkAsync(server, $"/agents/session/{session}/message?limit=1&x=a%26b", []);
        var forwarded = await LinkAsync(server, $"/agents/session/{session}/message?limit=1", new()
        {
            ["X-Forwarded-For"] = "198.51.100.1",
            ["X-Forwarded-Host"] = "app.example.org",
            ["X-Forwarded-Proto"] = "https",
        });

        Assert.StartsWith($"<{server.Address.GetLeftPart(UriPartial.Authority)}/agents/session/{session}/message?limit=1&x=a%26b&before=", plain, StringComparison.Ordinal);
        Assert.EndsWith(">; rel=\"next\"", plain, StringComparison.Ordinal);
        Assert.StartsWith($"<https://app.example.org/agents/session/{session}/message?limit=1&before=", forwarded, StringComparison.Ordinal);
        // The link leads to the older message.
        var next = plain[1..plain.IndexOf('>', StringComparison.Ordinal)];
        var older = JsonElement.Parse(await server.Http.GetStringAsync(next, Cancelled));
        Assert.Single(older.EnumerateArray());
    }

    private static Task<TestServer> StartAsync(string? trusted) => TestServer.StartAsync(
        new()
        {
            Server = options => options with
            {
                BasePath = "/agents",
                TrustedProxies = trusted is null ? [] : [trusted],
                AllowedHosts = ["app.example.org"],
            },
        },
        Cancelled);

    private static async Task<string> LinkAsync(TestServer server, string path, Dictionary<string, string> headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var response = await server.Http.SendAsync(request, Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return Assert.Single(response.Headers.GetValues("link"));
    }
}
