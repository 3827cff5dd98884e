using System.Buffers;
using System.Text;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Postgres;
using Capstan.Testing.Stores;
using Capstan.Testing.Stores.Postgres;
using Xunit;

namespace Capstan.Engine.Tests.Storage.Postgres;

/// <summary>
/// The store on PostgreSQL against the simulated one: the same writes to both, chosen by a seed, committed or undone, must read the
/// same, in the write itself and afterwards.
/// </summary>
public sealed class PostgresAgreementTests(SharedPostgres shared)
{
    private static readonly string[] Sessions = ["ses_1", "ses_2", "ses_3"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_store_on_PostgreSQL_reads_as_the_simulated_one_does()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            await using var real = await PostgresStores.OpenAsync(shared, Token);
            var simulated = new StoreDisk().Open();
            var random = new Random(seed);
            for (var write = 0; write < 24; write++)
            {
                var choices = random.Next();
                var (ours, theirs) = (Write(simulated, write, choices), Write(real, write, choices));
                Assert.True(ours == theirs, $"seed {seed}, write {write}:\n{ours}\n{theirs}");
                Assert.Equal(await ReadAsync(simulated), await ReadAsync(real));
            }
        }
    }

    [Fact]
    public async Task Parts_stand_in_the_order_in_which_they_came_whatever_the_clock_made_of_their_identifiers()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        // Two processes, the later with an earlier clock; a part that is replaced, short or long, stays where it is.
        foreach (var part in (string[])["prt_5", "prt_3"])
        {
            await using var store = PostgresStores.Open(database, lanes: 1);
            using var write = store.Begin("ses_1");
            if (part == "prt_5")
                write.AddMessage("ses_1", "msg_1", isOpen: true, 1, 1, null, "{}"u8.ToArray());
            write.PutPart("ses_1", "msg_1", part, new(Encoding.UTF8.GetBytes(part)));
            write.PutPart("ses_1", "msg_1", "prt_4", new(Encoding.UTF8.GetBytes("prt_4".PadRight(300_000))));
            write.PutPart("ses_1", "msg_1", "prt_5", new("prt_5"u8.ToArray()));
            write.Commit();
        }

        await using var reopened = PostgresStores.Open(database, lanes: 1);
        string[] expected = ["prt_5", "prt_4", "prt_3"];
        Assert.Equal(expected, Parts(Assert.Single((await reopened.ReadMessagesAsync(new MessageQuery("ses_1"), Token)).Messages)));
        Assert.Equal(expected, Parts(Assert.Single(await reopened.ReadContextAsync("ses_1", 0, Token))));
        Assert.Equal(expected, Parts((await reopened.FindMessageAsync("ses_1", "msg_1", Token))!));
        using var look = reopened.Begin("ses_1");
        Assert.Equal(expected, Parts(look.FindMessage("msg_1")!));
        Assert.Equal(expected, Parts(look.FindLastMessage("ses_1")!));
        Assert.Equal(expected, Parts(Assert.Single(look.FindOpenMessages("ses_1"))));

        static IEnumerable<string> Parts(MessageRow row) => row.Parts.Select(static part => Encoding.UTF8.GetString(part.Span).TrimEnd());
    }

    private static string Write(IStore store, int write, int seed)
    {
        var choices = new Random(seed);
        var seen = new StringBuilder();
        using var transaction = store.Begin(Sessions[..choices.Next(Sessions.Length + 1)]);
        for (var (i, count) = (0, 1 + choices.Next(8)); i < count; i++)
            seen.Append(Change(transaction, choices, (write * 100) + (i * 2) + 1)).Append('\n');
        if (choices.Next(4) > 0)
            transaction.Commit();
        return seen.ToString();
    }

    private static string Change(IStoreTransaction rows, Random random, int position)
    {
        var session = Sessions[random.Next(Sessions.Length)];
        var message = $"msg_{session}_{random.Next(4)}";
        var part = $"prt_{message}_{random.Next(4)}";
        var request = $"per_{session}_{random.Next(3)}";
        var data = Encoding.UTF8.GetBytes($$"""{"n":{{random.Next(1000)}}}""");
        var exists = rows.FindMessage(message) is not null;
        var text = "";
        switch (random.Next(22))
        {
            case 0 or 1:
                rows.PutSession(new SessionRow(
                    Session(session, random), random.Next(2) == 0 ? SessionStatus.IsIdle : SessionStatus.IsBusy, random.Next(9))
                {
                    Position = random.Next(9),
                });
                break;
            case 2 when random.Next(3) == 0:
                rows.DeleteSession(session, rows.AddEvent(session, 0, "/w", "p", "session.deleted", $"evt_{position:0000}", new(data)));
                break;
            case 3 or 4 when !exists:
                rows.AddMessage(session, message, random.Next(2) == 0, position, random.Next(2) == 0 ? position : null, "print", data);
                break;
            case 5 when exists:
                if (random.Next(2) == 0)
                    rows.UpdateMessage(session, message, random.Next(2) == 0, data);
                else
                    rows.EndStep(session, message, (StepOutcome)random.Next(5), data);
                break;
            case 6 when exists:
                rows.SetContext(session, message, position + 1);
                break;
            case 7 or 8 when exists:
                rows.PutPart(session, message, part, new(data));
                break;
            case 9:
                rows.RemovePart(session, message, part);
                break;
            case 10 when exists && rows.FindInbox(session).All(row => row.ID != message):
                rows.AddInbox(new WorkRow(session, message, WorkKind.Prompt, position, (Delivery)random.Next(3)));
                break;
            case 11:
                rows.TakeInbox(session, message, $"trn_{random.Next(2)}");
                rows.CountResumption(session, "trn_0");
                break;
            case 12:
                rows.RemoveInbox(session, message);
                break;
            case 13 when rows.FindPermissions(session).All(row => row.ID != request):
                rows.AddPermission(new PermissionRow(request, session, "/w", data));
                break;
            case 14:
                rows.AnswerPermission(session, request, new PermissionAnswer((PermissionReply)random.Next(3), "because"));
                break;
            case 15:
                rows.RemovePermission(session, request);
                rows.AddApproval(new ApprovalRow(
                    $"apr_{random.Next(4)}", "/w", new PermissionRule("bash", $"{random.Next(3)}", PermissionAction.Allow), random.Next(9)));
                if (random.Next(3) == 0)
                    rows.RemoveApproval($"apr_{random.Next(4)}");
                text += $"{rows.HasApproval("apr_1")} {string.Join(' ', rows.FindApprovals("/w"))}";
                break;
            case 16:
                rows.BeginEffect(session, part, 1);
                rows.BeginEffect(session, $"{part}_open", 1);
                rows.EndEffect(session, part, 2);
                rows.PutTodos(session, data);
                if (random.Next(3) == 0)
                    rows.RemoveMessage(session, message);
                break;
            case 17:
                text = $"{rows.AddEvent(session, random.Next(9), "/w", "p", "type", $"evt_{position:0000}", new(data))}";
                break;
            case 18 or 19 when exists:
                rows.PutPart(session, message, part, new("""{"a":"","b":1}"""u8.ToArray()));
                for (var i = random.Next(4); i > 0; i--)
                {
                    rows.AppendPart(
                        session, message, part, """{"a":""".Length + 1, new(Encoding.UTF8.GetBytes($"{i} "[random.Next(3)..])));
                }

                break;
            case 20 when random.Next(3) == 0:
                var newest = rows.AddEvent(session, 0, "/w", "p", "type", $"evt_{position:0000}", new(data));
                rows.TrimEvents(newest, random.Next(6), random.Next(60));
                break;
            case 21 when rows.FindSession(session) is { } row:
                rows.ChangeLease(session, row.Lease, random.Next(2) == 0 ? row.Lease.TakenBy(random.Next(3)) : row.Lease.Released);
                rows.CheckLease(session, rows.FindSession(session)!.Lease);
                rows.PutProject(new ProjectInfo { ID = $"p{random.Next(3)}", Worktree = "/w", Time = new ProjectTime(1, random.Next(9)) });
                break;
        }

        return $"{text} {Show(rows.FindMessage(message))} {string.Join(' ', rows.FindOpenMessages(session).Select(Show))} "
            + $"{Show(rows.FindLastMessage(session))} {Show(rows.FindLastMessage(session, before: 500))} "
            + $"{string.Join(' ', rows.FindInbox(session))} {rows.HasEffect(session, part)} "
            + $"{string.Join(' ', rows.FindPermissions(session).Select(Show))} {string.Join(' ', rows.FindChildren("ses_1"))} "
            + Show(rows.FindSession(session));
    }

    private static async Task<string> ReadAsync(IStore store)
    {
        var seen = new StringBuilder();
        foreach (var row in await store.ListSessionsAsync(new SessionQuery(), Token))
            seen.AppendLine(JsonSerializer.Serialize(row.Info, WireJson.Wire.SessionInfo) + Show(row));
        foreach (var query in Lists())
        {
            var listed = await store.ListSessionsAsync(query, Token);
            seen.Append(query).Append(' ').AppendJoin(' ', listed.Select(static row => row.Info.ID)).AppendLine();
        }

        var active = await store.ListActiveSessionsAsync(Token);
        seen.AppendJoin(' ', active.Select(static row => row.Info.ID).Order(StringComparer.Ordinal)).AppendLine();
        foreach (var session in Sessions)
        {
            seen.AppendLine(Show(await store.FindSessionAsync(session, Token)));
            seen.AppendJoin(' ', (await store.ListChildrenAsync(session, Token)).Order(StringComparer.Ordinal)).AppendLine();
            var whole = await store.ReadMessagesAsync(new MessageQuery(session), Token);
            seen.AppendJoin(' ', whole.Messages.Select(Show)).Append(whole.HasMore).AppendLine();
            seen.AppendJoin(' ', (await store.ReadContextAsync(session, 0, Token)).Select(Show)).AppendLine();
            var page = await store.ReadMessagesAsync(new MessageQuery(session) { Limit = 3 }, Token);
            seen.AppendJoin(' ', page.Messages.Select(Show)).Append(page.HasMore).AppendLine();
            var older = await store.ReadMessagesAsync(new MessageQuery(session) { Before = $"msg_{session}_1", Limit = 2 }, Token);
            seen.AppendJoin(' ', older.Messages.Select(Show)).Append(older.HasMore).AppendLine();
            seen.AppendJoin(' ', (await store.ReadContextAsync(session, 300, Token)).Select(Show)).AppendLine();
            seen.AppendLine(Show(await store.FindMessageAsync(session, $"msg_{session}_1", Token)));
            seen.AppendJoin(' ', await store.ReadInboxAsync(session, Token)).AppendLine();
            seen.AppendLine(await store.FindTodosAsync(session, Token) is { } todos ? Encoding.UTF8.GetString(todos.Span) : "none");
        }

        seen.AppendJoin(' ', (await store.ListPermissionsAsync(Token)).Select(Show)).AppendLine();
        seen.AppendJoin(' ', await store.ListOpenEffectsAsync(Token)).AppendLine();
        seen.AppendJoin(' ', await store.ListApprovalsAsync("/w", Token)).AppendLine();
        seen.AppendJoin(' ', (await store.ListProjectsAsync(Token)).Select(static row => $"{row.ID} {row.Time}")).AppendLine();
        foreach (var published in await store.ReadEventsAsync(new EventCursor(1), new EventCursor(1000), "/w", 5, Token))
        {
            seen.AppendLine(
                $"{published.Sequence} {published.SessionID} {published.SessionSequence} {published.Type} {Encoding.UTF8.GetString(published.Json)}");
        }

        foreach (var growing in await store.ListGrowingPartsAsync("/w", Token))
            seen.AppendLine($"{growing.Session.ID} {Encoding.UTF8.GetString(growing.Json.Span)}");
        return seen.Append(await store.FindOldestCursorAsync(Token)).ToString();
    }

    /// <summary>Each filter alone, all of them, and no more than some.</summary>
    private static IEnumerable<SessionQuery> Lists()
    {
        yield return new SessionQuery { ProjectID = "p" };
        yield return new SessionQuery { ProjectID = "another" };
        yield return new SessionQuery { Directory = "/w/a" };
        yield return new SessionQuery { Path = "a" };
        yield return new SessionQuery { ParentID = "ses_1" };
        yield return new SessionQuery { RootsOnly = true };
        yield return new SessionQuery { UpdatedSince = 50 };
        yield return new SessionQuery { Search = "E 1" };
        yield return new SessionQuery { Limit = 2 };
        yield return new SessionQuery { ProjectID = "p", Limit = 1 };
        yield return new SessionQuery
        {
            ProjectID = "p", Directory = "/w/a", Path = "a", ParentID = "ses_1", UpdatedSince = 20, Search = "t", Limit = 2,
        };
    }

    private static string Show(SessionRow? row) => row is null ? "none" : $"{row.Info.Title} {row.Status} {row.EventCount} {row.Position} {row.Lease}";

    private static string Show(MessageRow? row) => row is null
        ? "none"
        : $"{row.ID} {row.Position} {row.Context} {row.Fingerprint} {row.Outcome} {Encoding.UTF8.GetString(row.Info.Span)} "
            + string.Join(',', row.Parts.Select(static part => Encoding.UTF8.GetString(part.Span)));

    private static string Show(PermissionRow row) => $"{row.ID} {row.SessionID} {row.Answer} {Encoding.UTF8.GetString(row.Json.Span)}";

    private static SessionInfo Session(string id, Random random) => PostgresStores.Session(id) with
    {
        Directory = random.Next(2) == 0 ? "/w" : "/w/a",
        Path = random.Next(3) switch { 0 => null, 1 => "a", _ => random.Next(2) == 0 ? "a/b" : "ab" },
        ParentID = id == "ses_1" ? null : "ses_1",
        Title = $"Title {random.Next(10)}",
        Time = new SessionTime(1, random.Next(100)),
    };
}
