using System.Text.Json;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Captures;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Stores.Postgres;
using Capstan.Testing.Streams;
using Capstan.Testing.Workspaces;
using Npgsql;
using Xunit;

namespace Capstan.Server.Tests.Faults;

/// <summary>PostgreSQL is killed again and again, under load, while the server runs on.</summary>
public sealed class PostgresKillTests
{
    private const int Clients = 4;
    private const int Lanes = 3;
    private const string End = "the end of the test";
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(120);
    private static readonly int Kills = FaultScale.Of("CAPSTAN_FAULT_DATABASE_KILLS", 20);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kills_of_the_database_lose_nothing_and_run_nothing_twice()
    {
        await using var postgres = await PostgresServer.StartAsync(cancellationToken: Cancelled);
        var database = await postgres.CreateDatabaseAsync("capstan", cancellationToken: Cancelled);
        await using var model = await ScriptedModel.StartAsync(
            new() { Respond = KillCommands.Respond, Default = ModelStep.Say("all is done") }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, new() { Permission = """{"bash":"allow"}""" }, Cancelled);
        workspace.Write(KillCommands.Over, "");
        await using var server = await CapstanProcess.StartAsync(
            workspace.Directory,
            new()
            {
                Variables = new Dictionary<string, string>
                {
                    ["CAPSTAN_STORE"] = database.SocketUrl,
                    ["OPENCODE_CONFIG_CONTENT"] = $$"""{"capstan":{"postgres":{"lanes":{{Lanes}} } } }""",
                },
            },
            Cancelled);
        await using var live = await server.OpenEventsAsync(Cancelled);
        var beginning = live.Seen[0].Id!;
        Assert.Equal(Lanes, EventIds.Cursor(beginning).LaneCount);
        var chance = new Random(20_262);
        var resuming = new ResumingReader(server, "/event", beginning, new Random(1), Cancelled);
        var reading = resuming.ReadUntilAsync(IsEnd);
        var started = TimeProvider.System.GetTimestamp();

        var moment = new KillMoment(true, chance);
        var isOver = false;
        await using var watch = await IdleWatch.OpenAsync(server, () => Volatile.Read(ref moment).TakeEvent(), Cancelled);
        var clients = new List<OutageClient>();
        for (var i = 0; i < Clients; i++)
            clients.Add(new OutageClient(server, i, await server.CreateSessionAsync(cancellationToken: Cancelled), watch, Cancelled));
        var working = clients.ConvertAll(client =>
            client.WorkAsync(() => Volatile.Read(ref moment).TakeAcknowledgement(), () => Volatile.Read(ref isOver)));
        var wholeLoad = Task.WhenAll(working);
        for (var kill = 0; kill < Kills; kill++)
        {
            // A client that has failed would be waited for in vain.
            await Task.WhenAny(Volatile.Read(ref moment).Reached, wholeLoad).WaitAsync(SafetyNet, Cancelled);
            if (wholeLoad.IsCompleted)
                break;
            Volatile.Write(ref moment, new KillMoment(chance.Next(2) == 0, chance));
            await KillAsync(postgres, kill % 3);
        }

        Volatile.Write(ref isOver, true);
        await wholeLoad;
        var elapsed = TimeProvider.System.GetElapsedTime(started);
        var messages = new List<(OutageClient Client, IReadOnlyList<JsonElement> Messages)>();
        foreach (var client in clients)
            messages.Add((client, await server.MessagesAsync(client.Session, Cancelled)));
        Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
        await server.CreateSessionAsync($$"""{"title":"{{End}}"}""", Cancelled);
        await live.UntilAsync(IsEnd);
        await reading.WaitAsync(SafetyNet, Cancelled);

        var effects = await File.ReadAllLinesAsync(workspace.PathOf(KillCommands.Effects), Cancelled);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Kills} kills, {clients.Sum(static client => client.Accepted.Count)} prompts, {effects.Length} effects, "
            + $"{clients.Sum(static client => client.Refusals)} answers 503, {resuming.Openings} resumptions, {resuming.Failures} in vain, "
            + $"{model.Turns.Count} model calls, {elapsed.TotalSeconds:0.0} s");
        Assert.Equal(effects.Distinct(), effects);
        foreach (var (client, said) in messages)
        {
            Assert.Equal(client.Accepted.Order(StringComparer.Ordinal), Conversation.Prompts(said).Order(StringComparer.Ordinal));
            Conversation.RequireClosed(said);
            Conversation.RequireAnswered(said, model);
            KillCommands.RequireOnce(said, effects);
            RequireAnsweredOnce(client, said);
        }

        // No kill lasted longer than the patience, so every turn waited, and none was interrupted.
        Assert.Equal(
            clients.SelectMany(static client => client.Commands).Order(StringComparer.Ordinal), effects.Order(StringComparer.Ordinal));
        await RequireNumberedAsync(database);
        var seen = live.Seen.Where(static frame => frame.Id is not null).ToList();
        Assert.Empty(EventIds.Gaps(seen.Select(static frame => frame.Id!)));
        Assert.Empty(EventInvariants.Violations(live.Seen.Select(static frame => frame.Payload)));
        Assert.Empty(EventIds.Gaps(resuming.Events.Select(static frame => frame.Id!).Prepend(beginning)));
        // The lanes are merged by each reader for itself, so only the order within a lane is one for all, and so that of a session.
        foreach (var session in seen.Skip(1).GroupBy(static frame => frame.SessionId))
        {
            Assert.Equal(
                session.Select(static frame => frame.Data),
                resuming.Events.Where(frame => frame.SessionId == session.Key).Select(static frame => frame.Data));
        }
    }

    private static bool IsEnd(SseEvent frame) => frame.Type == "session.created" && frame.Data.Contains(End, StringComparison.Ordinal);

    private static async Task KillAsync(PostgresServer postgres, int how)
    {
        switch (how)
        {
            case 0:
                await postgres.KillAsync(Cancelled);
                await postgres.StartAgainAsync(Cancelled);
                break;
            case 1:
                await postgres.KillBackendsAsync(Cancelled);
                break;
            default:
                await postgres.StopAsync(PostgresStop.Immediate, Cancelled);
                await postgres.StartAgainAsync(Cancelled);
                break;
        }
    }

    /// <summary>Each prompt that was accepted is named by one turn's last answer, or it joined a turn.</summary>
    private static void RequireAnsweredOnce(OutageClient client, IReadOnlyList<JsonElement> messages)
    {
        var finished = Conversation.Answers(messages)
            .Where(static answer => Conversation.Text(answer) == "all is done")
            .Select(static answer => answer.GetProperty("info").GetProperty("parentID").GetString()!)
            .ToList();
        Assert.Equal(finished.Distinct(), finished);
        Assert.All(finished, id => Assert.Contains(id, client.Accepted));
    }

    private static async Task RequireNumberedAsync(PostgresDatabase database)
    {
        await using var connection = new NpgsqlConnection($"{database.ConnectionString};Pooling=false");
        await connection.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand(
            """
            SELECT 'lane ' || lane FROM event GROUP BY lane HAVING min(n) <> 1 OR max(n) <> count(*)
            UNION ALL
            SELECT session_id FROM event GROUP BY session_id HAVING min(session_sequence) <> 0 OR max(session_sequence) <> count(*) - 1
            UNION ALL
            SELECT 'the count of ' || id FROM session WHERE event_count <> (SELECT count(*) FROM event WHERE session_id = session.id)
            """,
            connection);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var gaps = new List<string>();
        while (await reader.ReadAsync(Cancelled))
            gaps.Add(reader.GetString(0));
        Assert.Empty(gaps);
    }
}
