using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Testing.Captures;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
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
    public async Task Attached_files_become_parts_as_captured()
    {
        await using var replay = await CaptureReplay.StartAsync("41-file-part");

        var answer = await replay.SendAsync(0);

        await replay.CompareEventsAsync(EventRules.Conformance, differences: [IntendedDifferences.OwnWords]);
        replay.CompareAnswer(answer, 0);
    }

    [Fact]
    public async Task An_abort_with_a_prompt_that_waits_ends_the_turn_as_captured()
    {
        var gate = new ModelGate(after: 4);
        await using var replay = await CaptureReplay.StartAsync(
            "44-abort-with-queued-prompt", step => step.Delay > 0 ? step with { Delay = 0, Gate = gate } : step);

        var first = replay.SendAsync(0);
        await replay.UntilAsync(static seen => seen.Type == "message.part.delta" && seen.Properties.GetProperty("delta").GetString() == "d ");
        var second = replay.SendAsync(1);
        await replay.UntilAsync(static seen => seen.Type == "message.part.updated"
            && seen.Properties.GetProperty("part").TryGetProperty("text", out var text) && text.GetString() == "[script:s46]");
        var abort = await replay.SendAsync(2);

        Assert.Equal(200, abort.Status);
        replay.CompareAnswer(await first, 0);
        // Here the one that waited gets its own answer; there, both requests were told of the abort.
        Assert.Equal("second", (await second).Body!.Value.GetProperty("parts")[1].GetProperty("text").GetString());
        await replay.CompareEventsAsync(
            EventRules.Conformance | EventRules.JoinDeltas | EventRules.PartsInParallel,
            circumstances: [IntendedDifferences.WaitingPromptsAreAnswered]);
    }

    [Theory]
    [InlineData("39-model-not-found")]
    [InlineData("40-agent-not-found")]
    public async Task What_cannot_be_answered_is_refused_before_anything_is_stored(string scenario)
    {
        await using var replay = await CaptureReplay.StartAsync(scenario);

        var answer = await replay.SendAsync(0);

        Assert.Equal(400, answer.Status);
        await replay.CompareEventsAsync(EventRules.Conformance, differences: [IntendedDifferences.RefusedEarly]);
    }

    [Fact]
    public async Task Changes_of_rows_are_told_to_replicas_as_captured()
    {
        var capture = CaptureFile.Load("01-text-turn.global");
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        foreach (var script in capture.Scripts(server.Directory))
            server.Model.Set(script);
        await using var events = await server.OpenGlobalEventsAsync(Cancelled);
        var session = await server.CreateSessionAsync("{}", Cancelled);
        await server.PromptAsync(session, "hi [script:s2]", Cancelled);
        await events.UntilAsync("session.idle", session);
        await events.UntilAsync("session.created", await server.CreateSessionAsync(cancellationToken: Cancelled));

        var actual = events.Seen.Select(static seen => seen.Payload).ToList();
        new EventComparison { Rules = EventRules.Conformance, Detail = EventDetail.Fields, Directory = server.Directory }
            .Require(Replicated(capture.Events), Replicated(actual));
        // What is told twice is the same both times.
        Assert.All(actual.Zip(actual.Skip(1)).Where(static pair => IsSync(pair.Second)), static pair =>
            Assert.True(JsonElement.DeepEquals(pair.First.GetProperty("properties"), pair.Second.GetProperty("syncEvent").GetProperty("data"))));
        // Both count up; the captured server counts changes of rows alone, ours all events of the session.
        Assert.All(new[] { capture.Events.Select(Payload), actual }, static stream =>
        {
            var numbers = stream.Where(IsSync).Select(static data => data.GetProperty("syncEvent"))
                .GroupBy(static sync => sync.GetProperty("aggregateID").GetString(), static sync => sync.GetProperty("seq").GetInt32()).First();
            Assert.Equal(numbers.Order(), numbers);
            Assert.Equal(0, numbers.First());
        });

        static bool IsSync(JsonElement data) => data.GetProperty("type").GetString() == "sync";

        static JsonElement Payload(JsonElement data) => data.TryGetProperty("payload", out var payload) ? payload : data;

        static IEnumerable<JsonElement> Replicated(IEnumerable<JsonElement> events) => events.Select(Payload).Where(IsSync)
            .Select(static data => data.GetProperty("syncEvent"))
            .Select(static sync => JsonSerializer.SerializeToElement(new JsonObject
            {
                ["id"] = "evt_*",
                ["type"] = sync.GetProperty("type").GetString()![..^".1".Length],
                ["properties"] = JsonSerializer.SerializeToNode(sync.GetProperty("data")),
            }));
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
