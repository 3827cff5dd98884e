using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Time;
using Xunit;

namespace Capstan.Server.Tests.Turns;

/// <summary>A text that is still growing when its process ends: what was stored of it now and then is left.</summary>
public sealed class CheckpointTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_text_is_stored_each_time_it_has_grown_by_eight_KiB_and_has_doubled()
    {
        var (first, second, third) = (new string('a', 9000) + " ", new string('b', 4000) + " ", new string('c', 6000) + " ");
        Assert.Equal(first, await LeftAsync(first));
        // 4,000 more are not twice as much; with 6,000 more it is.
        Assert.Equal(first, await LeftAsync(first, second));
        Assert.Equal(first + second + third, await LeftAsync(first, second, third));
    }

    [Fact]
    public async Task A_short_text_is_stored_after_a_quarter_of_a_second()
    {
        var time = new FakeTime();
        var gate = new ModelGate(after: 1);
        await using var server = await StartAsync(time, ModelStep.Say("one two three") with { Gate = gate });
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(session, "go", Cancelled);
        await events.UntilAsync("message.part.delta", session);
        Assert.Equal("", await StoredAsync(server, session));

        time.Advance(TimeSpan.FromMilliseconds(250));
        gate.Open();
        await events.UntilAsync(static seen => seen.Type == "message.part.delta" && seen.Payload.GetRawText().Contains("three", StringComparison.Ordinal));
        // Stored with the second word; the third came at once after it.
        await server.RestartAsync(Cancelled);
        Assert.Equal("one two ", await StoredAsync(server, session));
    }

    /// <summary>What is left of a text of which these words arrived when the process ended.</summary>
    private static async Task<string> LeftAsync(params string[] words)
    {
        // On a clock that stands still only the length counts.
        await using var server = await StartAsync(new FakeTime(), ModelStep.Say(string.Concat(words)) with { Hang = ModelHang.Stream });
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(session, "go", Cancelled);
        await events.UntilAsync(seen => seen.Type == "message.part.delta" && seen.Payload.GetRawText().Contains(words[^1].Trim(), StringComparison.Ordinal));
        await server.RestartAsync(Cancelled);
        return await StoredAsync(server, session);
    }

    private static async Task<string> StoredAsync(TestServer server, string session) =>
        Conversation.Text(Conversation.Answers(await server.MessagesAsync(session, Cancelled))[0]);

    private static Task<TestServer> StartAsync(FakeTime time, ModelStep step) => TestServer.StartAsync(
        new()
        {
            Model = new() { Default = step with { Hang = ModelHang.Stream } },
            Engine = options => options with { Time = time },
        },
        Cancelled);
}
