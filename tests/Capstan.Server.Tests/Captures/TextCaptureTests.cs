using System.Text.Json;
using Capstan.Testing.Captures;
using Capstan.Testing.Models;
using Xunit;

namespace Capstan.Server.Tests.Captures;

/// <summary>Turns without tools, as the captured server played them.</summary>
public sealed class TextCaptureTests
{
    // The captured model counted the tokens of its thoughts.
    private static readonly JsonElement WithReasoning = JsonElement.Parse("""
        {
          "prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120,
          "prompt_tokens_details": { "cached_tokens": 40 }, "completion_tokens_details": { "reasoning_tokens": 5 }
        }
        """);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("01-text-turn")]
    [InlineData("03-reasoning-turn")]
    [InlineData("38-finish-length")]
    public async Task An_answer_streams_as_captured(string scenario)
    {
        await using var replay = await CaptureReplay.StartAsync(
            scenario, static step => step.Reason is null ? step : step with { Usage = WithReasoning });

        var answer = await replay.SendAsync(0);

        await replay.CompareEventsAsync(EventRules.Conformance);
        replay.CompareAnswer(answer, 0);
    }

    [Fact]
    public async Task An_injection_is_stored_without_a_turn_as_captured()
    {
        await using var replay = await CaptureReplay.StartAsync("16-no-reply");

        var answer = await replay.SendAsync(0);

        await replay.CompareEventsAsync(EventRules.Conformance);
        replay.CompareAnswer(answer, 0);
        Assert.Empty(replay.Server.Model.Calls);
    }

    [Fact]
    public async Task A_prompt_that_nobody_waits_for_is_answered_as_captured()
    {
        await using var replay = await CaptureReplay.StartAsync("18-prompt-async");

        var answer = await replay.SendAsync(0);
        await replay.UntilAsync(static seen => seen.Type == "session.idle");

        Assert.Equal(204, answer.Status);
        await replay.CompareEventsAsync(EventRules.Conformance);
    }

    [Fact]
    public async Task A_prompt_while_the_session_is_busy_joins_the_turn_as_captured()
    {
        var gate = new ModelGate(after: 1);
        await using var replay = await CaptureReplay.StartAsync(
            "17-prompt-while-busy", step => step.Delay > 0 ? step with { Delay = 0, Gate = gate } : step);

        var first = replay.SendAsync(0);
        await replay.UntilAsync(static seen => seen.Type == "message.part.delta");
        var second = replay.SendAsync(1);
        await replay.UntilAsync(static seen => seen.Type == "message.part.updated"
            && seen.Properties.GetProperty("part").GetProperty("type").GetString() == "text"
            && seen.Properties.GetProperty("part").GetProperty("text").GetString() == "[script:s18]");
        gate.Open();
        var answers = await Task.WhenAll(first, second);

        // Where exactly the second prompt falls between the words of the first answer is the network's affair.
        await replay.CompareEventsAsync(EventRules.Conformance | EventRules.JoinDeltas | EventRules.PartsInParallel);
        replay.CompareAnswer(answers[0], 0);
        replay.CompareAnswer(answers[1], 1);
    }

    [Fact]
    public async Task An_aborted_answer_keeps_its_words_as_captured()
    {
        var gate = new ModelGate(after: 3);
        await using var replay = await CaptureReplay.StartAsync("09-abort-text", step => step with { Delay = 0, Gate = gate });

        var answer = replay.SendAsync(0);
        await replay.UntilAsync(static seen => seen.Type == "message.part.delta" && seen.Properties.GetProperty("delta").GetString() == "c ");
        var abort = await replay.SendAsync(1);

        await replay.CompareEventsAsync(EventRules.Conformance);
        replay.CompareAnswer(await answer, 0);
        Assert.Equal(JsonValueKind.True, abort.Body!.Value.ValueKind);
        await (await replay.Server.Model.CallAsync(cancellationToken: Cancelled)).ClientGone;
    }
}
