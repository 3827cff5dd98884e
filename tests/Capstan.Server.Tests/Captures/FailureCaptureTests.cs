using Capstan.Testing.Captures;
using Capstan.Testing.Models;
using Xunit;

namespace Capstan.Server.Tests.Captures;

/// <summary>Turns whose model fails, as the captured server played them.</summary>
public sealed class FailureCaptureTests
{
    [Fact]
    public async Task A_server_error_is_retried_as_captured()
    {
        await using var replay = await CaptureReplay.StartAsync("11-llm-500-recovers");

        var answer = replay.SendAsync(0);
        var wait = await replay.PassRetryAsync() - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        replay.CompareAnswer(await answer, 0);
        await replay.CompareEventsAsync(EventRules.Conformance);
        Assert.InRange(wait.TotalSeconds, 2, 2.5);
    }

    [Fact]
    public async Task A_server_error_that_stays_ends_the_turn_after_five_retries_as_captured()
    {
        await using var replay = await CaptureReplay.StartAsync("12-llm-500-exhausted");

        var answer = replay.SendAsync(0);
        for (var retry = 1; retry <= 5; retry++)
            await replay.PassRetryAsync();

        replay.CompareAnswer(await answer, 0, except: "error");
        await replay.CompareEventsAsync(EventRules.Conformance, circumstances: [CaptureCircumstances.ModelHeaders]);
        Assert.Equal(6, replay.Server.Model.Turns.Count);
    }

    [Fact]
    public async Task A_rate_limit_is_waited_for_as_long_as_the_provider_says()
    {
        await using var replay = await CaptureReplay.StartAsync("14-llm-429-retry-after");

        var answer = replay.SendAsync(0);
        var next = await replay.PassRetryAsync();

        replay.CompareAnswer(await answer, 0);
        await replay.CompareEventsAsync(EventRules.Conformance);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 1, TimeSpan.Zero), next);
    }

    [Theory]
    [InlineData("13-llm-401")]
    [InlineData("15-llm-400")]
    public async Task An_error_that_is_ours_ends_the_turn_at_once_as_captured(string scenario)
    {
        await using var replay = await CaptureReplay.StartAsync(scenario);

        replay.CompareAnswer(await replay.SendAsync(0), 0, except: "error");
        await replay.CompareEventsAsync(EventRules.Conformance, circumstances: [CaptureCircumstances.ModelHeaders]);
        Assert.Single(replay.Server.Model.Turns);
    }

    [Fact]
    public async Task A_stream_that_breaks_is_asked_for_again_and_its_pieces_are_removed()
    {
        await using var replay = await CaptureReplay.StartAsync("43-mid-stream-reset-retry", static step => step with { Delay = 0 });

        var answer = replay.SendAsync(0);
        await replay.PassRetryAsync();

        await answer;
        await replay.CompareEventsAsync(
            EventRules.Conformance | EventRules.JoinDeltas,
            differences: [IntendedDifferences.RetryRemovesParts],
            circumstances: [CaptureCircumstances.TransportWording, CaptureCircumstances.BrokenWords]);
        var parts = (await replay.Server.MessagesAsync(replay.SessionID, TestContext.Current.CancellationToken))[1].GetProperty("parts");
        Assert.Equal(["step-start", "text", "step-finish"], parts.EnumerateArray().Select(part => part.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_stream_that_always_breaks_ends_the_turn_after_five_retries_as_captured()
    {
        await using var replay = await CaptureReplay.StartAsync("37-mid-stream-cut");

        var answer = replay.SendAsync(0);
        for (var retry = 1; retry <= 5; retry++)
            await replay.PassRetryAsync();

        Assert.Equal(200, (await answer).Status);
        await replay.CompareEventsAsync(
            EventRules.Conformance | EventRules.JoinDeltas,
            differences: [IntendedDifferences.RetryRemovesParts],
            circumstances: [CaptureCircumstances.TransportWording, CaptureCircumstances.BrokenWords, CaptureCircumstances.LastAttempt]);
    }

    [Fact]
    public async Task An_error_in_the_stream_ends_the_turn_as_captured()
    {
        await using var replay = await CaptureReplay.StartAsync("52-stream-error-frame");

        replay.CompareAnswer(await replay.SendAsync(0), 0);
        await replay.CompareEventsAsync(EventRules.Conformance);
    }
}
