using System.Text.Json.Nodes;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Models;

/// <summary>What a provider sees of the server, and what a user sees where a model cannot be called.</summary>
public sealed class ModelHeadersTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("{}", "Bearer sk-fake", null)]
    [InlineData("""{"headers":{"X-Mine":"1"}}""", "Bearer sk-fake", "1")]
    // What is configured goes over what the server would say by itself.
    [InlineData("""{"headers":{"authorization":"Key other","X-Mine":"1"}}""", "Key other", "1")]
    public async Task The_key_and_the_configured_headers_are_sent(string options, string authorization, string? mine)
    {
        await using var server = await StartAsync(options);

        await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "go", Cancelled);

        var call = Assert.Single(server.Model.Turns);
        Assert.Equal(authorization, call.Headers["authorization"]);
        Assert.Equal(mine, call.Headers.GetValueOrDefault("x-mine"));
        Assert.Contains("0.0.0-test", call.Headers["user-agent"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", false)]
    [InlineData("""{"setCacheKey":false}""", false)]
    [InlineData("""{"setCacheKey":true}""", true)]
    public async Task The_session_is_the_key_of_the_providers_cache_where_that_is_wanted(string options, bool isSent)
    {
        await using var server = await StartAsync(options);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptAsync(session, "go", Cancelled);
        var body = Assert.Single(server.Model.Turns).Body;
        Assert.Equal(isSent ? session : null, body.TryGetProperty("prompt_cache_key", out var key) ? key.GetString() : null);
        Assert.False(body.TryGetProperty("setCacheKey", out _));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("///")]
    public async Task A_base_address_may_end_in_a_slash(string slashes)
    {
        await using var server = await StartAsync("{}", provider => provider["options"]!["baseURL"] = $"{provider["options"]!["baseURL"]}{slashes}");

        await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "go", Cancelled);

        Assert.Single(server.Model.Turns);
    }

    [Fact]
    public async Task A_model_that_cannot_be_called_says_why_in_its_answer()
    {
        await using var server = await StartAsync("{}", static provider => provider["npm"] = "@ai-sdk/anthropic");

        var answer = await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "go", Cancelled);

        Assert.Equal("ProviderAuthError", Conversation.Error(answer));
        Assert.Contains("@ai-sdk/anthropic", answer.GetProperty("info").GetProperty("error").GetRawText(), StringComparison.Ordinal);
        Assert.Empty(server.Model.Turns);
    }

    private static Task<TestServer> StartAsync(string options, Action<JsonObject>? adapt = null) => TestServer.StartAsync(
        new()
        {
            Workspace = new()
            {
                Git = false,
                Configure = configuration =>
                {
                    var provider = configuration["provider"]!["fake"]!.AsObject();
                    foreach (var (name, value) in JsonNode.Parse(options)!.AsObject())
                        provider["options"]![name] = value!.DeepClone();
                    adapt?.Invoke(provider);
                },
            },
        },
        Cancelled);
}
