using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Capstan.Testing.Time;
using Xunit;

namespace Capstan.Server.Tests.Models;

/// <summary>A model that fails for a while: when it is asked again, as the status tells, on a clock that stands still.</summary>
public sealed class RetryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ModelStep Busy = new() { Http = 429 };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("retry-after-ms", "1500", 1_500)]
    [InlineData("retry-after", "45", 45_000)]
    [InlineData("retry-after", "Thu, 01 Jan 2026 00:01:30 GMT", 90_000)]
    // Longer than any wait of our own choice, and still what was asked for.
    [InlineData("retry-after", "600", 600_000)]
    public async Task The_model_is_asked_again_when_it_said(string header, string value, int milliseconds)
    {
        var time = new FakeTime();
        await using var server = await StartAsync(time, call => call.Attempt == 0 ? Busy with { Headers = Header(header, value) } : ModelStep.Say("done"));
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "go", Cancelled);

        var status = await RetryAsync(events);
        Assert.Equal(Start.AddMilliseconds(milliseconds), Next(status));
        Assert.Equal(1, status.GetProperty("attempt").GetInt32());
        Assert.Equal("fake failure 429", status.GetProperty("message").GetString());
        Assert.Single(server.Model.Turns);
        await time.PassAsync(Next(status), Cancelled);

        Assert.Equal("done", Conversation.Text(await answer));
        Assert.Equal(2, server.Model.Turns.Count);
    }

    [Theory]
    [InlineData("retry-after", "601")]
    [InlineData("retry-after-ms", "600001")]
    [InlineData("retry-after", "Thu, 01 Jan 2026 00:10:01 GMT")]
    public async Task A_wait_beyond_ten_minutes_ends_the_turn(string header, string value)
    {
        await using var server = await StartAsync(new FakeTime(), _ => Busy with { Headers = Header(header, value) });

        var answer = await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "go", Cancelled);

        Assert.Equal("APIError", Conversation.Error(answer));
        Assert.Single(server.Model.Turns);
    }

    [Fact]
    public async Task Our_own_waits_double_from_two_seconds_to_thirty_and_then_the_turn_ends()
    {
        var time = new FakeTime();
        await using var server = await StartAsync(time, static _ => Busy);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "go", Cancelled);

        var waits = new List<double>();
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            var status = await RetryAsync(events);
            Assert.Equal(attempt, status.GetProperty("attempt").GetInt32());
            waits.Add((Next(status) - time.GetUtcNow()).TotalSeconds);
            await time.PassAsync(Next(status), Cancelled);
        }

        Assert.Equal("APIError", Conversation.Error(await answer));
        Assert.Equal(6, server.Model.Turns.Count);
        // Up to a quarter more by chance, except where the limit cuts it off. The clock moves by whole milliseconds.
        Assert.InRange(waits[0], 1.99, 2.5);
        Assert.InRange(waits[1], 3.99, 5);
        Assert.InRange(waits[2], 7.99, 10);
        Assert.InRange(waits[3], 15.99, 20);
        Assert.InRange(waits[4], 29.99, 30);
    }

    [Fact]
    public async Task The_limits_are_settings()
    {
        var time = new FakeTime();
        await using var server = await StartAsync(
            time,
            static call => Busy with { Headers = call.Attempt == 1 ? Header("retry-after-ms", "3000") : Header("retry-after-ms", "4000") },
            static configuration => configuration["capstan"] = JsonNode.Parse("""{"turns":{"maxRetries":2,"maxRetryAfter":4000}}"""));
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "go", Cancelled);

        await time.PassAsync(Next(await RetryAsync(events)), Cancelled);
        await time.PassAsync(Next(await RetryAsync(events)), Cancelled);

        Assert.Equal("APIError", Conversation.Error(await answer));
        Assert.Equal(3, server.Model.Turns.Count);
        Assert.Equal(Start.AddSeconds(7), time.GetUtcNow());
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(422)]
    public async Task What_is_refused_for_good_is_not_asked_again(int status)
    {
        await using var server = await StartAsync(new FakeTime(), _ => new ModelStep { Http = status, Headers = Header("retry-after", "1") });

        var answer = await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "go", Cancelled);

        Assert.Equal("APIError", Conversation.Error(answer));
        Assert.Single(server.Model.Turns);
    }

    [Theory]
    [InlineData("""{"code":429,"message":"slow down"}""", true)]
    [InlineData("""{"code":"503","message":"slow down"}""", true)]
    [InlineData("""{"code":"server_error","message":"slow down"}""", true)]
    [InlineData("""{"code":400,"message":"slow down"}""", false)]
    [InlineData("""{"code":"invalid_prompt","message":"slow down"}""", false)]
    public async Task An_error_within_the_stream_is_asked_again_by_its_code(string error, bool isRetried)
    {
        var time = new FakeTime();
        await using var server = await StartAsync(time, call => call.Attempt == 0
            ? ModelStep.Say("half an answer") with { Error = JsonElement.Parse(error) }
            : ModelStep.Say("done"));
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "go", Cancelled);
        if (isRetried)
        {
            var status = await RetryAsync(events);
            Assert.Equal("slow down", status.GetProperty("message").GetString());
            await time.PassAsync(Next(status), Cancelled);
        }

        Assert.Equal(isRetried ? null : "UnknownError", Conversation.Error(await answer));
        // What a broken answer had said is not part of the next one.
        Assert.Equal(isRetried ? "done" : "half an answer", Conversation.Text(await answer));
        Assert.Equal(isRetried ? 2 : 1, server.Model.Turns.Count);
    }

    [Theory]
    [InlineData(ModelHang.Connect, null, 300_000, "The model sent no response headers within 300 s")]
    [InlineData(ModelHang.Connect, """{"headerTimeout":1500,"chunkTimeout":false}""", 1_500, "The model sent no response headers within 1.5 s")]
    [InlineData(ModelHang.Headers, """{"headerTimeout":400000,"chunkTimeout":250000}""", 250_000, "The model's stream was silent for 250 s")]
    [InlineData(ModelHang.Headers, """{"headerTimeout":false,"chunkTimeout":1500}""", 1_500, "The model's stream was silent for 1.5 s")]
    public async Task A_silent_model_is_given_up_at_its_limit_and_asked_again(ModelHang hang, string? options, int milliseconds, string message)
    {
        var time = new FakeTime();
        await using var server = await StartAsync(
            time,
            call => call.Attempt == 0 ? new ModelStep { Hang = hang } : ModelStep.Say("done"),
            configuration =>
            {
                foreach (var (name, value) in options is null ? [] : JsonNode.Parse(options)!.AsObject())
                    configuration["provider"]!["fake"]!["options"]![name] = value?.DeepClone();
            });
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "go", Cancelled);
        await server.Model.CallAsync(cancellationToken: Cancelled);

        await time.PassAsync(Start.AddMilliseconds(milliseconds), Cancelled);
        var status = await RetryAsync(events);
        Assert.Equal(message, status.GetProperty("message").GetString());
        await time.PassAsync(Next(status), Cancelled);

        Assert.Equal("done", Conversation.Text(await answer));
    }

    private static Task<TestServer> StartAsync(TimeProvider time, Func<ModelCall, ModelStep> respond, Action<JsonObject>? configure = null) =>
        TestServer.StartAsync(
            new()
            {
                Model = new() { Respond = respond },
                Workspace = new() { Git = false, Configure = configure },
                Engine = options => options with { Time = time },
                // So that the only timers near a wait are those of the wait.
                Server = static options => options with { EarlyHeaders = TimeSpan.FromHours(1), Heartbeat = TimeSpan.FromHours(1) },
            },
            Cancelled);

    private static Dictionary<string, string> Header(string name, string value) => new() { [name] = value };

    private static async Task<JsonElement> RetryAsync(SseReader events) => (await events.UntilAsync(static seen =>
        seen.Type == "session.status" && seen.Properties.GetProperty("status").GetProperty("type").GetString() == "retry"))
        .Properties.GetProperty("status");

    private static DateTimeOffset Next(JsonElement status) => DateTimeOffset.FromUnixTimeMilliseconds(status.GetProperty("next").GetInt64());
}
