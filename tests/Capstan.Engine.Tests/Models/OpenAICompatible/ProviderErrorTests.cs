using System.Text.Json;
using Capstan.Engine.Models;
using Capstan.Testing.Models;
using Capstan.Testing.Time;
using Xunit;

namespace Capstan.Engine.Tests.Models.OpenAICompatible;

/// <summary>What a provider's refusals become, over real HTTP: what may be tried again, when, and what people read.</summary>
public sealed class ProviderErrorTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(408, true)]
    [InlineData(409, true)]
    [InlineData(425, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(502, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    [InlineData(529, true)]
    [InlineData(599, true)]
    [InlineData(302, false)]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(402, false)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(405, false)]
    [InlineData(407, false)]
    [InlineData(410, false)]
    [InlineData(418, false)]
    [InlineData(422, false)]
    [InlineData(424, false)]
    [InlineData(426, false)]
    [InlineData(428, false)]
    [InlineData(430, false)]
    [InlineData(451, false)]
    [InlineData(499, false)]
    public async Task What_a_status_says_is_tried_again_or_not(int status, bool isRetryable)
    {
        var failure = await FailAsync(new ModelStep { Http = status, Body = JsonElement.Parse("""{"error":{"message":"no"}}""") });

        Assert.Equal(isRetryable, failure.IsRetryable);
        Assert.Equal("APIError", failure.Error.Name);
        Assert.Equal(isRetryable, failure.Error.Data.IsRetryable);
        Assert.Equal(status, failure.Error.Data.StatusCode);
        Assert.Equal("no", failure.Message);
        Assert.Equal("""{"error":{"message":"no"}}""", failure.Error.Data.ResponseBody);
        Assert.EndsWith("/v1/chat/completions", failure.Error.Data.Metadata!["url"], StringComparison.Ordinal);
        Assert.Null(failure.RetryAfter);
    }

    [Theory]
    [InlineData("""{"error":{"message":"in an object"}}""", "in an object")]
    [InlineData("""{"error":"as a text"}""", "as a text")]
    [InlineData("""{"message":"at the top"}""", "at the top")]
    [InlineData("""{"error":{"message":7}}""", "418 I'm a teapot")]
    [InlineData("""{"error":7,"message":"of something else"}""", "418 I'm a teapot")]
    [InlineData("""{"error":{}}""", "418 I'm a teapot")]
    [InlineData("[]", "418 I'm a teapot")]
    [InlineData("{", "418 I'm a teapot")]
    [InlineData("", "418 I'm a teapot")]
    [InlineData(" \n<html>sign in</html>", "127.0.0.1 answered 418 with a web page instead of the API. Check the base URL, proxies and gateways.")]
    [InlineData("a < b", "418 I'm a teapot")]
    public async Task The_message_is_the_providers_own_where_it_has_one(string body, string message)
    {
        var failure = await FailAsync(418, body);

        Assert.Equal(message, failure.Message);
        Assert.Equal(body, failure.Error.Data.ResponseBody);
    }

    [Theory]
    [InlineData(413, "{}", true)]
    [InlineData(400, """{"error":{"message":"This model's maximum context length is 8 tokens"}}""", true)]
    [InlineData(400, """{"error":{"message":"MAXIMUM CONTEXT LENGTH"}}""", true)]
    [InlineData(422, """{"error":{"message":"This model's maximum context length is 8 tokens"}}""", false)]
    [InlineData(400, """{"error":{"code":"context_length_exceeded","message":"too long"}}""", true)]
    [InlineData(500, """{"error":{"code":"context_length_exceeded","message":"too long"}}""", true)]
    [InlineData(400, """{"error":{"message":"something else"}}""", false)]
    public async Task A_history_that_is_too_long_is_told_apart_and_never_sent_again(int status, string body, bool isOverflow)
    {
        var failure = await FailAsync(status, body);

        Assert.Equal(isOverflow ? "ContextOverflowError" : "APIError", failure.Error.Name);
        Assert.False(failure.IsRetryable);
        Assert.Equal(body, failure.Error.Data.ResponseBody);
    }

    [Fact]
    public async Task The_headers_of_a_refusal_are_kept_but_no_cookies()
    {
        var failure = await FailAsync(new ModelStep
        {
            Http = 400,
            Headers = new Dictionary<string, string> { ["X-Request-Id"] = "r1", ["Set-Cookie"] = "session=s3cret" },
        });

        var headers = failure.Error.Data.ResponseHeaders!;
        Assert.Equal("r1", headers["x-request-id"]);
        Assert.Equal("application/json", headers["content-type"]);
        Assert.DoesNotContain(headers, static header => header.Key.Contains("cookie", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData(300, true)]
    [InlineData(307, true)]
    [InlineData(399, true)]
    [InlineData(400, false)]
    [InlineData(503, false)]
    public async Task A_redirect_is_not_followed_and_says_where_it_leads_without_the_query(int status, bool isRedirect)
    {
        var failure = await FailAsync(new ModelStep
        {
            Http = status,
            Body = JsonElement.Parse("""{"error":"elsewhere"}"""),
            Headers = new Dictionary<string, string> { ["location"] = "http://other.test/v2?token=abc" },
        });

        Assert.Equal(
            isRedirect
                ? "127.0.0.1 redirects to http://other.test/v2, which is not followed, because the key would go with it. "
                    + "If that is where the API is, set it as the base URL."
                : "elsewhere",
            failure.Message);
    }

    [Fact]
    public async Task A_refusal_without_end_is_read_up_to_64_KiB()
    {
        var failure = await FailAsync(400, new string('x', 100_000));

        Assert.Equal(65_536, failure.Error.Data.ResponseBody!.Length);
    }

    [Theory]
    [InlineData("1500", null, 1_500d)]
    [InlineData("0", null, 0d)]
    [InlineData("0.5", null, 0.5)]
    // Milliseconds go before seconds; what is no number of them is not there.
    [InlineData("1500", "7", 1_500d)]
    [InlineData("-1", "7", 7_000d)]
    [InlineData("soon", "7", 7_000d)]
    [InlineData("-1", null, null)]
    [InlineData(null, "7", 7_000d)]
    [InlineData(null, "0", 0d)]
    [InlineData(null, "soon", null)]
    // The clock of these tests stands at the beginning of 2026.
    [InlineData(null, "Thu, 01 Jan 2026 00:01:30 GMT", 90_000d)]
    [InlineData(null, "Thu, 01 Jan 2026 00:00:00 GMT", null)]
    [InlineData(null, "Wed, 31 Dec 2025 23:59:00 GMT", null)]
    [InlineData(null, null, null)]
    public async Task The_wait_is_what_the_provider_asks_for(string? milliseconds, string? seconds, double? expected)
    {
        var headers = new Dictionary<string, string>();
        if (milliseconds is not null)
            headers["retry-after-ms"] = milliseconds;
        if (seconds is not null)
            headers["retry-after"] = seconds;

        var failure = await FailAsync(new ModelStep { Http = 429, Headers = headers });

        Assert.Equal(expected, failure.RetryAfter?.TotalMilliseconds);
    }

    [Theory]
    [InlineData("""{"code":429,"message":"slow down"}""", true)]
    [InlineData("""{"code":"429","message":"slow down"}""", true)]
    [InlineData("""{"code":503,"message":"slow down"}""", true)]
    [InlineData("""{"code":408,"message":"slow down"}""", true)]
    [InlineData("""{"code":"server_error","message":"slow down"}""", true)]
    [InlineData("""{"code":"rate_limit_exceeded","message":"slow down"}""", true)]
    [InlineData("""{"code":"overloaded_error","message":"slow down"}""", true)]
    [InlineData("""{"code":400,"message":"slow down"}""", false)]
    [InlineData("""{"code":"401","message":"slow down"}""", false)]
    [InlineData("""{"code":"insufficient_quota","message":"slow down"}""", false)]
    [InlineData("""{"code":null,"message":"slow down"}""", false)]
    [InlineData("""{"message":"slow down"}""", false)]
    [InlineData("\"slow down\"", false)]
    public async Task An_error_within_the_stream_is_judged_by_its_code(string error, bool isRetryable)
    {
        var failure = await FailAsync(ModelStep.Say("some words") with { Error = JsonElement.Parse(error) });

        Assert.Equal(isRetryable, failure.IsRetryable);
        Assert.Equal(isRetryable ? "APIError" : "UnknownError", failure.Error.Name);
        Assert.Equal(isRetryable ? "slow down" : error, failure.Message);
        if (isRetryable)
        {
            Assert.True(failure.Error.Data.IsRetryable);
            Assert.Equal(error, failure.Error.Data.ResponseBody);
            Assert.EndsWith("/v1/chat/completions", failure.Error.Data.Metadata!["url"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_error_within_the_stream_that_says_nothing_is_shown_as_it_is()
    {
        var failure = await FailAsync(ModelStep.Say("some words") with { Error = JsonElement.Parse("""{"code":500}""") });

        Assert.Equal("""{"code":500}""", failure.Message);
    }

    [Theory]
    [InlineData("""{"code":"context_length_exceeded","message":"too long"}""", "too long")]
    [InlineData("""{"code":"context_length_exceeded"}""", """{"code":"context_length_exceeded"}""")]
    public async Task A_history_that_is_too_long_may_show_within_the_stream(string error, string message)
    {
        var failure = await FailAsync(ModelStep.Say("some words") with { Error = JsonElement.Parse(error) });

        Assert.Equal("ContextOverflowError", failure.Error.Name);
        Assert.Equal(message, failure.Message);
        Assert.False(failure.IsRetryable);
    }

    private static async Task<ModelException> FailAsync(ModelStep step)
    {
        await using var model = await ScriptedModel.StartAsync(new() { Default = step }, Cancelled);
        using var chat = new ChatClientUnderTest(model.Url, new FakeTime());
        return await Assert.ThrowsAsync<ModelException>(() => chat.ReadAsync(Cancelled));
    }

    // A body that is no JSON goes as it is: the scripted model knows only JSON.
    private static async Task<ModelException> FailAsync(int status, string body)
    {
        await using var model = await RawModel.StartAsync(status, "text/plain", body, Cancelled);
        using var chat = new ChatClientUnderTest(model.Url, new FakeTime());
        return await Assert.ThrowsAsync<ModelException>(() => chat.ReadAsync(Cancelled));
    }
}
