using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Xunit;

namespace Capstan.Server.Tests.Resources;

/// <summary><c>/session/{id}/inbox</c>: what waits is shown, and can be taken back as long as no turn has it.</summary>
public sealed class InboxTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_inbox_shows_what_waits_and_what_a_turn_has_in_the_order_of_admission()
    {
        await using var server = await StartAsync();
        var (session, events) = await BeginAsync(server);
        await using var reading = events;
        await QueueAsync(server, session, "msg_2");
        await QueueAsync(server, session, "msg_3");
        Assert.Equal(
            """[{"messageID":"msg_1","delivery":"steer","state":"taken"},{"messageID":"msg_2","delivery":"queue","state":"waiting"},{"messageID":"msg_3","delivery":"queue","state":"waiting"}]""",
            (await server.GetAsync($"/session/{session}/inbox", Cancelled)).GetRawText());
    }

    [Fact]
    public async Task R2_A_prompt_that_waits_can_be_taken_back_and_no_turn_answers_it()
    {
        await using var server = await StartAsync();
        var (session, events) = await BeginAsync(server);
        await using var reading = events;
        await QueueAsync(server, session, "msg_2");
        var waiting = server.PromptAsync(session, Queued("msg_3"), Cancelled);
        await events.UntilAsync(static seen => seen.Type == "message.updated" && seen.Properties.GetProperty("info").GetProperty("id").GetString() == "msg_3");

        foreach (var message in (string[])["msg_2", "msg_3"])
            Assert.Equal((200, "true"), await DeleteAsync(server, session, message));
        var removed = await events.UntilAsync("message.removed", session);
        Assert.Equal("msg_2", removed.Properties.GetProperty("messageID").GetString());
        // Whoever waits for its answer is told that there will be none.
        Assert.Equal(404, (int?)(await Assert.ThrowsAsync<HttpRequestException>(() => waiting)).StatusCode);
        Assert.Equal(404, (await DeleteAsync(server, session, "msg_2")).Status);

        await server.AbortAsync(session, Cancelled);
        await Conversation.UntilIdleAsync(server, events, Cancelled);
        Assert.Equal(["msg_1"], Conversation.Prompts(await server.MessagesAsync(session, Cancelled)));
        Assert.Single(server.Model.Turns);
        Assert.Equal("[]", (await server.GetAsync($"/session/{session}/inbox", Cancelled)).GetRawText());
    }

    [Fact]
    public async Task R4_A_prompt_that_a_turn_has_taken_cannot_be_taken_back()
    {
        await using var server = await StartAsync();
        var (session, events) = await BeginAsync(server);
        await using var reading = events;
        var (status, text) = await DeleteAsync(server, session, "msg_1");
        Assert.Equal(409, status);
        Assert.Contains("A turn has taken msg_1 up; abort the session to stop it.", text, StringComparison.Ordinal);
        Assert.Equal((404, true), Said(await DeleteAsync(server, session, "msg_9"), "No such prompt waits: msg_9"));
        Assert.Equal((400, true), Said(await DeleteAsync(server, session, "abc"), "Expected a string starting with \\\"msg\\\""));
        Assert.Equal(["msg_1"], Conversation.Prompts(await server.MessagesAsync(session, Cancelled)));
    }

    private static (int, bool) Said((int Status, string Text) answer, string problem) =>
        (answer.Status, answer.Text.Contains(problem, StringComparison.Ordinal));

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(
        new() { Model = new() { Scripts = [new("hang", [ModelStep.Say("words") with { Hang = ModelHang.Stream }])] } }, Cancelled);

    private static async Task<(string Session, SseReader Events)> BeginAsync(TestServer server)
    {
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(session, ServerUnderTest.Prompt("[script:hang]", "msg_1"), Cancelled);
        await events.UntilAsync("message.part.delta");
        return (session, events);
    }

    private static Task QueueAsync(TestServer server, string session, string messageID) =>
        server.PromptWithoutWaitingAsync(session, Queued(messageID), Cancelled);

    private static System.Text.Json.Nodes.JsonObject Queued(string messageID)
    {
        var prompt = ServerUnderTest.Prompt("later", messageID);
        prompt["delivery"] = "queue";
        return prompt;
    }

    private static async Task<(int Status, string Text)> DeleteAsync(TestServer server, string session, string messageID)
    {
        var (status, text) = await server.AskAsync(HttpMethod.Delete, $"/session/{session}/inbox/{messageID}", null, Cancelled);
        return ((int)status, text);
    }
}
