using System.Text.Json;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Turns;

/// <summary>What a session has cost and used, over its steps and turns. A step with the default usage: 60 in, 40 cached, 20 out.</summary>
public sealed class SessionTotalsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Costs_and_tokens_of_all_steps_of_all_turns_are_the_sessions()
    {
        await using var server = await TestServer.StartAsync(
            new()
            {
                Model = new()
                {
                    Scripts =
                    [
                        new("tools", [ModelStep.Call("read", """{"filePath":"hello.txt"}"""), ModelStep.Say("done")]),
                        new("thinks", [ModelStep.Say("done") with
                        {
                            Usage = JsonElement.Parse(
                                """{"prompt_tokens":10,"completion_tokens":9,"total_tokens":19,"completion_tokens_details":{"reasoning_tokens":4}}"""),
                        }]),
                    ],
                },
            },
            Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await server.PromptAsync(session, "[script:tools]", Cancelled);
        Assert.Equal((0.00024, 120, 40, 0, 80), await TotalsAsync(server, session));
        await server.PromptAsync(session, "[script:thinks]", Cancelled);

        // 10 in at 1, 5 out and 4 of reasoning at 2, per million.
        Assert.Equal((0.000268, 130, 45, 4, 80), await TotalsAsync(server, session));
        var stored = await server.GetAsync($"/session/{session}", Cancelled);
        Assert.False(stored.GetProperty("tokens").TryGetProperty("total", out _));
        Assert.Equal(0, stored.GetProperty("tokens").GetProperty("cache").GetProperty("write").GetInt64());
        // Each message has its own step's alone, and the end of the step says the same.
        var answers = (await server.MessagesAsync(session, Cancelled)).Where(static message => message.GetProperty("info").TryGetProperty("finish", out _)).ToList();
        Assert.Equal([0.00012, 0.00012, 0.000028], answers.Select(static answer => answer.GetProperty("info").GetProperty("cost").GetDouble()));
        Assert.All(answers, static answer => Assert.Equal(
            answer.GetProperty("info").GetProperty("tokens").GetRawText(),
            answer.GetProperty("parts").EnumerateArray().Single(static part => part.GetProperty("type").GetString() == "step-finish")
                .GetProperty("tokens").GetRawText()));
    }

    [Fact]
    public async Task Totals_outlive_the_process()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptAsync(session, "one", Cancelled);
        await server.RestartAsync(Cancelled);
        await server.PromptAsync(session, "two", Cancelled);
        Assert.Equal((0.00024, 120, 40, 0, 80), await TotalsAsync(server, session));
    }

    private static async Task<(double Cost, long Input, long Output, long Reasoning, long Cached)> TotalsAsync(TestServer server, string session)
    {
        var info = await server.GetAsync($"/session/{session}", Cancelled);
        var tokens = info.GetProperty("tokens");
        return (
            info.GetProperty("cost").GetDouble(),
            tokens.GetProperty("input").GetInt64(),
            tokens.GetProperty("output").GetInt64(),
            tokens.GetProperty("reasoning").GetInt64(),
            tokens.GetProperty("cache").GetProperty("read").GetInt64());
    }
}
