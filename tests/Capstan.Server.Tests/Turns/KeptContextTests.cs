using System.Text.Json;
using Capstan.Engine.Turns;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Turns;

/// <summary>What a model is sent does not depend on whether the history was kept in memory or read from the store.</summary>
public sealed class KeptContextTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_model_is_sent_the_same_after_a_restart_as_before()
    {
        await using var server = await TestServer.StartAsync(Options(new ContextOptions()), Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await TalkAsync(server, session);
        var kept = Messages(server.Model.Turns[^1]);

        await server.RestartAsync(Cancelled);
        await server.PromptAsync(session, "again", Cancelled);

        var read = Messages(server.Model.Turns[^1]);
        // The answer to the last prompt before, and the prompt after.
        Assert.Equal(kept.Count + 2, read.Count);
        Assert.Equal(kept, read[..kept.Count]);
        Assert.Contains("\"injected\"", string.Concat(kept), StringComparison.Ordinal);
        Assert.Contains("call_read", string.Concat(kept), StringComparison.Ordinal);
        Assert.Contains("unfinished", string.Concat(kept), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_is_sent_the_same_where_nothing_is_kept()
    {
        await using var server = await TestServer.StartAsync(Options(new ContextOptions(MaxBytes: 0)), Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await TalkAsync(server, session);
        var asked = server.Model.Turns.Select(Messages).ToList();
        // Each history begins as the one before it began.
        for (var i = 1; i < asked.Count; i++)
            Assert.Equal(asked[i - 1], asked[i][..asked[i - 1].Count]);
    }

    [Fact]
    public async Task A_session_that_is_deleted_is_forgotten()
    {
        await using var server = await TestServer.StartAsync(Options(new ContextOptions()), Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptAsync(session, "one", Cancelled);
        (await server.SendAsync(HttpMethod.Delete, $"/session/{session}", cancellationToken: Cancelled)).EnsureSuccessStatusCode().Dispose();
        var other = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptAsync(other, "two", Cancelled);
        Assert.DoesNotContain("\"one\"", string.Concat(Messages(server.Model.Turns[^1])), StringComparison.Ordinal);
    }

    /// <summary>Everything that adds to a history between two turns: answers, tools, an injection, an abort, a failure.</summary>
    private static async Task TalkAsync(TestServer server, string session)
    {
        await server.PromptAsync(session, "one", Cancelled);
        await server.PromptAsync(session, "[script:tool]", Cancelled);
        var injected = ServerUnderTest.Prompt("injected");
        injected["noReply"] = true;
        await server.PromptAsync(session, injected, Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(session, "[script:hang]", Cancelled);
        await events.UntilAsync("message.part.delta", session);
        await server.AbortAsync(session, Cancelled);
        await server.PromptAsync(session, "[script:fail]", Cancelled);
        await server.PromptAsync(session, "[script:end]", Cancelled);
    }

    private static TestServerOptions Options(ContextOptions contexts) => new()
    {
        Model = new()
        {
            Scripts =
            [
                new("tool", [ModelStep.Say("looking") with { Tools = [ModelToolCall.Of("read", """{"filePath":"hello.txt"}""", "call_read")] }, ModelStep.Say("seen")]),
                new("hang", [ModelStep.Say("unfinished and more") with { Gate = new ModelGate(after: 1) }]),
                new("end", [ModelStep.Say("the end")]),
                new("fail", [ModelStep.Say("") with { Http = 400 }]),
            ],
        },
        Engine = options => options with { Contexts = contexts },
    };

    private static List<string> Messages(ModelCall call) =>
        [.. call.Body.GetProperty("messages").EnumerateArray().Select(static message => message.GetRawText())];
}
