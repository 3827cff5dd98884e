using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Capstan.Engine.Storage.Postgres;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Stores.Postgres;
using Capstan.Testing.Streams;
using Npgsql;
using Xunit;

namespace Capstan.Server.Tests.Faults;

/// <summary>What clients and turns meet while the database cannot be reached, and afterwards.</summary>
public sealed class DatabaseOutageTests(ITestOutputHelper output)
{
    private const string Effects = "effects.log";
    private const string EndConnections = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = 'kept'";
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_are_answered_503_while_the_database_is_away_and_a_turn_waits_and_goes_on()
    {
        await using var postgres = await PostgresServer.StartAsync(new() { IsSyncing = false }, Cancelled);
        var database = await postgres.CreateDatabaseAsync("away", cancellationToken: Cancelled);
        var gate = new ModelGate(after: 1);
        await using var server = await StartAsync(database.SocketUrl, TimeSpan.FromMinutes(5), gate);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.PromptAsync(session, "[script:effect]", Cancelled);
        await gate.Reached;
        await postgres.StopAsync(PostgresStop.Immediate, Cancelled);

        await RequireAwayAsync(server, HttpMethod.Get, $"/session/{session}/message");
        await RequireAwayAsync(server, HttpMethod.Get, "/session/status");
        await RequireAwayAsync(server, HttpMethod.Get, "/session");
        await RequireAwayAsync(server, HttpMethod.Post, $"/session/{session}/prompt_async", ServerUnderTest.Prompt("and on", "msg_2").ToJsonString());
        await RequireAwayAsync(server, HttpMethod.Post, "/session", "{}");
        var lost = await Assert.ThrowsAsync<HttpRequestException>(() => SseReader.OpenAsync(server.Http, "/event", events.Seen[0].Id, Cancelled));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, lost.StatusCode);
        // The model says the rest, calls a command, and the next step would read the history, while nothing can be stored or read.
        gate.Open();
        await server.Model.Turns[0].Ended.WaitAsync(SafetyNet, Cancelled);
        Assert.False(answer.IsCompleted);
        await postgres.StartAgainAsync(Cancelled);

        Assert.Equal("all is done", Conversation.Text(await answer));
        await events.UntilAsync("session.idle", session);
        var messages = await server.MessagesAsync(session, Cancelled);
        Conversation.RequireClosed(messages);
        Assert.All(Conversation.Answers(messages), static message => Assert.Null(Conversation.Error(message)));
        Assert.Equal(["once"], await File.ReadAllLinesAsync(server.Workspace.PathOf(Effects), Cancelled));
        Assert.Empty(EventIds.Gaps(events.Seen.Select(static seen => seen.Id).OfType<string>()));
    }

    [Fact]
    public async Task A_turn_that_has_waited_longer_than_the_patience_stops_as_in_a_crash_and_is_taken_up_again()
    {
        await using var postgres = await PostgresServer.StartAsync(new() { IsSyncing = false }, Cancelled);
        var database = await postgres.CreateDatabaseAsync("long", cancellationToken: Cancelled);
        var gate = new ModelGate(after: 1);
        await using var server = await StartAsync(database.SocketUrl, TimeSpan.FromMilliseconds(300), gate);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptWithoutWaitingAsync(session, ServerUnderTest.Prompt("[script:effect]", "msg_1"), Cancelled);
        await gate.Reached;
        await postgres.StopAsync(PostgresStop.Immediate, Cancelled);
        gate.Open();
        // The runner tells that it has given up for now, and looks again after a pause.
        while (!server.Warnings.Any(line => line.Contains(session, StringComparison.Ordinal)))
            await Task.Yield();
        await RequireAwayAsync(server, HttpMethod.Get, $"/session/{session}/message");
        await postgres.StartAgainAsync(Cancelled);

        await using var events = await server.OpenEventsAsync(Cancelled);
        await Conversation.UntilIdleAsync(server, events, Cancelled);
        var messages = await server.MessagesAsync(session, Cancelled);
        Conversation.RequireClosed(messages);
        Assert.Equal(["msg_1"], Conversation.Prompts(messages));
        Assert.Equal("MessageAbortedError", Conversation.Error(Conversation.Answers(messages)[0]));
        Assert.Equal("all is done", Conversation.Text(messages[^1]));
        Assert.Null(Conversation.Error(messages[^1]));
        var effects = server.Workspace.PathOf(Effects);
        Assert.InRange(File.Exists(effects) ? (await File.ReadAllLinesAsync(effects, Cancelled)).Length : 0, 0, 1);
        foreach (var lane in (await server.EventsAsync(Cancelled)).GroupBy(static published => published.SessionID))
            Assert.Equal(Enumerable.Range(0, lane.Count()).Select(static i => (long)i), lane.Select(static published => published.SessionSequence));
    }

    [Fact]
    public async Task A_database_that_was_dropped_and_a_user_who_is_refused_are_told_in_words_and_found_again()
    {
        await using var postgres = await PostgresServer.StartAsync(new() { IsSyncing = false }, Cancelled);
        var database = await postgres.CreateDatabaseAsync("kept", cancellationToken: Cancelled);
        var other = await postgres.CreateDatabaseAsync("other", cancellationToken: Cancelled);
        await ExecuteAsync(other, "CREATE ROLE capstan LOGIN SUPERUSER");
        await using var server = await StartAsync(
            database.SocketUrl.Replace("postgres://postgres@", "postgres://capstan@", StringComparison.Ordinal), TimeSpan.FromMilliseconds(300));
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await ExecuteAsync(other, "ALTER ROLE capstan NOLOGIN", EndConnections);
        var refused = await RequireAwayAsync(server, HttpMethod.Get, $"/session/{session}");
        Assert.Contains("is not permitted to log in", refused, StringComparison.Ordinal);
        await ExecuteAsync(other, "ALTER ROLE capstan LOGIN");
        Assert.Equal("default reply", Conversation.Text(await RetryAsync(() => server.PromptAsync(session, ServerUnderTest.Prompt("hello", "msg_1"), Cancelled))));

        await ExecuteAsync(other, "ALTER DATABASE kept ALLOW_CONNECTIONS false", EndConnections, "ALTER DATABASE kept RENAME TO hidden");
        var dropped = await RequireAwayAsync(server, HttpMethod.Get, $"/session/{session}");
        Assert.Contains("database \"kept\" does not exist", dropped, StringComparison.Ordinal);
        await ExecuteAsync(other, "ALTER DATABASE hidden RENAME TO kept");
        var closed = await RequireAwayAsync(server, HttpMethod.Get, $"/session/{session}");
        Assert.Contains("is not currently accepting connections", closed, StringComparison.Ordinal);
        await ExecuteAsync(other, "ALTER DATABASE kept ALLOW_CONNECTIONS true");
        Assert.Equal("default reply", Conversation.Text(await RetryAsync(() => server.PromptAsync(session, ServerUnderTest.Prompt("again", "msg_2"), Cancelled))));
        Assert.Equal(["msg_1", "msg_2"], Conversation.Prompts(await server.MessagesAsync(session, Cancelled)));
    }

    private static Task<TestServer> StartAsync(string address, TimeSpan patience, ModelGate? gate = null) => TestServer.StartAsync(
        new()
        {
            Model = new()
            {
                Scripts =
                [
                    new("effect",
                    [
                        ModelStep.Call("bash", JsonSerializer.Serialize(new { command = $"echo once >> {Effects}" })) with { Text = "one two three", Gate = gate },
                        ModelStep.Say("all is done"),
                    ]),
                ],
            },
            Workspace = new() { Permission = """{"bash":"allow"}""" },
            Engine = options => options with
            {
                OpenStore = () => PostgresStore.Open(new(PostgresAddress.Parse(address)) { Lanes = 2, Patience = patience }),
            },
        },
        Cancelled);

    /// <summary>The request is answered 503, in words, soon, and with the time after which to send it again.</summary>
    private async Task<string> RequireAwayAsync(TestServer server, HttpMethod method, string path, string? body = null)
    {
        var clock = Stopwatch.StartNew();
        using var response = await server.SendAsync(method, path, body, Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        output.WriteLine($"{method} {path}: {(int)response.StatusCode} after {clock.ElapsedMilliseconds} ms");
        Assert.True(response.StatusCode == HttpStatusCode.ServiceUnavailable, $"{method} {path}: {(int)response.StatusCode} {text}");
        Assert.Equal(TimeSpan.FromSeconds(1), response.Headers.RetryAfter?.Delta);
        var error = JsonElement.Parse(text);
        Assert.Equal("ServiceUnavailableError", error.GetProperty("name").GetString());
        // A second on a machine that has time; a patience of minutes would be waited for in vain.
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
        return error.GetProperty("data").GetProperty("message").GetString()!;
    }

    /// <summary>Asks again while the answer is 503, as it says.</summary>
    private static async Task<T> RetryAsync<T>(Func<Task<T>> ask)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ask();
            }
            catch (HttpRequestException exception) when (exception.StatusCode == HttpStatusCode.ServiceUnavailable && attempt < 1000)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task ExecuteAsync(PostgresDatabase database, params string[] statements)
    {
        await using var connection = new NpgsqlConnection($"{database.ConnectionString};Pooling=false");
        await connection.OpenAsync(Cancelled);
        foreach (var statement in statements)
        {
            await using var command = new NpgsqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync(Cancelled);
        }
    }
}
