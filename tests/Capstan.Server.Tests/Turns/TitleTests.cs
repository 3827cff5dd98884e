using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Turns;

/// <summary>Titles that the model gives, and whose they may replace.</summary>
public sealed class TitleTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_title_that_a_person_gives_while_the_model_thinks_of_one_stays()
    {
        var gate = new ModelGate();
        await using var server = await StartAsync(gate);
        var (named, other) = (await CreateAsync(server), await CreateAsync(server));
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(named, "hello named", Cancelled);
        await server.PromptWithoutWaitingAsync(other, "hello other", Cancelled);
        var calls = await Task.WhenAll(
            server.Model.CallAsync(static call => IsTitle(call, "named"), Cancelled), server.Model.CallAsync(static call => IsTitle(call, "other"), Cancelled));
        var (status, body) = await server.AskAsync(HttpMethod.Patch, $"/session/{named}", """{"title":"Mine"}""", Cancelled);
        Assert.True(status == System.Net.HttpStatusCode.OK, body);

        gate.Open();
        await Task.WhenAll(calls.Select(static call => call.Ended)).WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        // The other one's arrives; by the time of two more turns the first one's would have, too.
        await events.UntilAsync(seen => seen.Type == "session.updated" && seen.Payload.GetRawText().Contains("Fake title", StringComparison.Ordinal));
        await server.PromptAsync(named, "and on", Cancelled);
        await server.PromptAsync(named, "and on", Cancelled);

        Assert.Equal("Mine", await TitleAsync(server, named));
        Assert.Equal("Fake title", await TitleAsync(server, other));
    }

    [Fact]
    public async Task Only_a_session_that_nobody_named_is_given_a_title_and_only_once()
    {
        await using var server = await StartAsync(gate: null);
        var named = await server.CreateSessionAsync("""{"title":"Mine"}""", Cancelled);
        var session = await CreateAsync(server);
        var child = await server.CreateSessionAsync($$"""{"parentID":"{{session}}"}""", Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptAsync(named, "hello", Cancelled);
        await server.PromptAsync(child, "hello", Cancelled);
        await server.PromptAsync(session, "hello", Cancelled);
        await events.UntilAsync(seen => seen.Type == "session.updated" && seen.Payload.GetRawText().Contains("Fake title", StringComparison.Ordinal));
        await server.PromptAsync(session, "once more", Cancelled);

        Assert.Single(server.Model.Calls, static call => call.Kind == ModelCallKind.Title);
        Assert.Equal("Mine", await TitleAsync(server, named));
        Assert.StartsWith("Child session - ", await TitleAsync(server, child), StringComparison.Ordinal);
    }

    private static Task<TestServer> StartAsync(ModelGate? gate) => TestServer.StartAsync(
        new() { Model = new() { Title = ModelStep.Say("Fake title") with { Gate = gate } } }, Cancelled);

    private static Task<string> CreateAsync(TestServer server) => server.CreateSessionAsync("{}", Cancelled);

    private static async Task<string?> TitleAsync(TestServer server, string session) =>
        (await server.GetAsync($"/session/{session}", Cancelled)).GetProperty("title").GetString();

    private static bool IsTitle(ModelCall call, string word) =>
        call.Kind == ModelCallKind.Title && call.UserText.Contains(word, StringComparison.Ordinal);
}
