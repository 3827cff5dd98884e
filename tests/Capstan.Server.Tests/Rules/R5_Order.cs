using System.Net.Mime;
using System.Text;
using Capstan.Testing.Captures;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R5: events are numbered without gaps, every reader sees them in that order, and replies come after them.</summary>
public sealed class R5_Order
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R5_The_events_of_each_session_are_numbered_without_gaps()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
            for (var i = 0; i < 5; i++)
                await server.PromptAsync(session, $"prompt {i}", Cancelled);
        }));

        var stored = await server.EventsAsync(Cancelled);

        foreach (var lane in stored.GroupBy(static published => published.Lane))
            Assert.Equal(Enumerable.Range(1, lane.Count()).Select(static i => (long)i), lane.Select(static published => published.Sequence));
        foreach (var session in stored.GroupBy(static published => published.SessionID))
        {
            var numbers = session.Select(static published => published.SessionSequence).ToList();
            Assert.Equal(Enumerable.Range((int)numbers[0], numbers.Count).Select(static i => (long)i), numbers);
        }
    }

    [Fact]
    public async Task R5_Every_reader_sees_the_same_events_in_the_same_order()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        await using var first = await server.OpenEventsAsync(Cancelled);
        await using var second = await server.OpenEventsAsync(Cancelled);
        await using var global = await server.OpenGlobalEventsAsync(Cancelled);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "hello", Cancelled)));
        var last = await server.CreateSessionAsync(cancellationToken: Cancelled);
        foreach (var reader in new[] { first, second, global })
            await reader.UntilAsync("session.created", last);

        var all = first.Seen.Skip(1).Select(static seen => seen.Payload.GetRawText()).ToList();
        Assert.Equal(all, second.Seen.Skip(1).Select(static seen => seen.Payload.GetRawText()));
        Assert.Equal(all, global.Seen.Skip(1)
            .Where(static seen => seen.Payload.GetProperty("type").GetString() != "sync").Select(static seen => seen.Payload.GetRawText()));
        Assert.Empty(EventInvariants.Violations(first.Seen.Select(static seen => seen.Payload)));
    }

    [Fact]
    public async Task R5_A_synchronous_prompt_is_answered_after_the_last_event_of_its_turn()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        for (var i = 0; i < 20; i++)
        {
            var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

            await server.PromptAsync(session, "hello", Cancelled);

            var stored = await server.EventsAsync(Cancelled);
            Assert.Equal("session.idle", stored.Last(published => published.SessionID == session).Type);
        }
    }

    [Fact]
    public async Task R5_A_client_that_reads_events_gets_its_answer_when_it_has_had_time_to_read_them()
    {
        await using var server = await StartWithPatienceAsync(TimeSpan.FromHours(1));
        using var other = Named(server, "another program");
        await using var events = await server.OpenEventsAsync(Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var answer = server.PromptAsync(session, "hello", leaving.Token);
        await events.UntilAsync("session.idle", session);
        // Somebody else's turn begins and ends meanwhile, so an answer that does not wait would have come by now.
        await PromptAsync(other, session);

        Assert.False(answer.IsCompleted);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
    }

    [Fact]
    public async Task R5_An_answer_waits_for_nobody_elses_reader()
    {
        await using var server = await StartWithPatienceAsync(TimeSpan.FromHours(1));
        using var other = Named(server, "another program");
        await using var events = await SseReader.ConnectAsync(other, "/event", Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await server.PromptAsync(session, "hello", Cancelled);

        await events.UntilAsync("session.idle", session);
    }

    [Fact]
    public async Task R5_A_client_whose_reader_is_stuck_gets_its_answer()
    {
        await using var server = await StartWithPatienceAsync(TimeSpan.FromMilliseconds(1));
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/event");
        using var unread = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        // One event that no buffer on the way can take whole, so that the reader is stuck and not yet dropped.
        var injection = ServerUnderTest.Prompt(new string('x', 16 << 20));
        injection["noReply"] = true;
        await server.PromptAsync(session, injection, Cancelled);

        await server.PromptAsync(session, "hello", Cancelled);

        Assert.Equal(1, server.Engine.Hub.SubscriptionCount);
    }

    private static Task<TestServer> StartWithPatienceAsync(TimeSpan answerDelay) =>
        TestServer.StartAsync(new() { Server = options => options with { AnswerDelay = answerDelay } }, Cancelled);

    private static HttpClient Named(TestServer server, string name)
    {
        var client = server.CreateClient(server.Directory);
        client.DefaultRequestHeaders.UserAgent.ParseAdd($"test/1 ({name})");
        return client;
    }

    private static async Task PromptAsync(HttpClient client, string session)
    {
        using var body = new StringContent(ServerUnderTest.Prompt("hello").ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json);
        using var response = await client.PostAsync($"/session/{session}/message", body, Cancelled);
        response.EnsureSuccessStatusCode();
    }
}
