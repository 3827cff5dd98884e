using System.Buffers;
using System.Text;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;
using Capstan.Testing.Stores;
using Xunit;

namespace Capstan.Engine.Tests.Storage;

/// <summary>The same writes to two stores, chosen by a seed, committed or undone, must read the same.</summary>
internal static class StoreAgreement
{
    private static readonly string[] Sessions = ["ses_1", "ses_2", "ses_3"];

    /// <summary>Writes the same to two stores, chosen by a seed, and compares what the writes saw and what can be read after each.</summary>
    /// <param name="simulated">The simulated store.</param>
    /// <param name="real">The store that it stands for.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="writes">How many writes.</param>
    public static async Task CheckAsync(IStore simulated, IStore real, int seed, int writes)
    {
        var random = new Random(seed);
        for (var write = 0; write < writes; write++)
        {
            // Both make the same choices.
            var choices = random.Next();
            var (ours, theirs) = (Write(simulated, choices, write * 100), Write(real, choices, write * 100));
            Assert.True(ours == theirs, $"seed {seed}, write {write}:\n{ours}\n{theirs}");
            Assert.Equal(await ReadAsync(real), await ReadAsync(simulated));
        }
    }

    private static string Write(IStore store, int seed, int place)
    {
        var choices = new Random(seed);
        var seen = new StringBuilder();
        // A write may change sessions that it did not name: those below the one that it named.
        using var transaction = store.Begin(Sessions[..choices.Next(Sessions.Length + 1)]);
        for (var (i, count) = (0, 1 + choices.Next(8)); i < count; i++)
            seen.Append(Change(transaction, choices, place + i + 1)).Append('\n');
        if (choices.Next(4) > 0)
            transaction.Commit();
        return seen.ToString();
    }

    private static string Change(IStoreTransaction rows, Random random, long place)
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
            case 21 when rows.FindSession(session) is { } row:
                var lease = random.Next(2) == 0 ? row.Lease.TakenBy(random.Next(9)) : row.Lease.Released();
                rows.ChangeLease(session, row.Lease, lease);
                rows.CheckLease(session, lease);
                rows.PutProject(new ProjectInfo { ID = $"p{random.Next(3)}", Worktree = "/w", Time = new ProjectTime(1, random.Next(9)) });
                break;
            case 2 when random.Next(3) == 0:
                rows.DeleteSession(session, rows.AddEvent(session, 0, "/w", "p", "session.deleted", "evt", new(data)));
                break;
            case 3 or 4 when !exists:
                rows.AddMessage(session, message, random.Next(2) == 0, place, random.Next(2) == 0 ? place : null, "print", data);
                break;
            case 5 when exists:
                if (random.Next(2) == 0)
                    rows.UpdateMessage(session, message, random.Next(2) == 0, data);
                else
                    rows.EndStep(session, message, (StepOutcome)random.Next(5), data);
                break;
            case 6 when exists:
                rows.SetContext(session, message, place);
                break;
            case 7 or 8 when exists:
                rows.PutPart(session, message, part, new(data));
                break;
            case 9:
                rows.RemovePart(session, message, part);
                break;
            case 10 when exists && rows.FindInbox(session).All(row => row.ID != message):
                rows.AddInbox(new WorkRow(session, message, WorkKind.Prompt, place, (Delivery)random.Next(3))
                {
                    Payload = random.Next(2) == 0 ? data : null,
                });
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
                text = rows.HasApproval($"apr_{random.Next(4)}") + string.Join(' ', rows.FindApprovals("/w"));
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
                text = $"{rows.AddEvent(session, random.Next(9), "/w", "p", "type", "evt", new(data))}";
                break;
            case 18 or 19 when exists:
                rows.PutPart(session, message, part, new("""{"a":"","b":1}"""u8.ToArray()));
                for (var i = random.Next(4); i > 0; i--)
                    rows.AppendPart(session, message, part, """{"a":""".Length + 1, new(Encoding.UTF8.GetBytes($"{i} "[random.Next(3)..])));
                break;
            case 20 when random.Next(3) == 0:
                var newest = rows.AddEvent(session, 0, "/w", "p", "type", "evt", new(data));
                rows.TrimEvents(newest, random.Next(6), random.Next(60));
                break;
        }

        return $"{text} {Show(rows.FindMessage(message))} {string.Join(' ', rows.FindOpenMessages(session).Select(Show))} "
            + $"{Show(rows.FindLastMessage(session))} {Show(rows.FindLastMessage(session, before: 300))} {string.Join(' ', rows.FindInbox(session).Select(Show))} {rows.HasEffect(session, part)} "
            + $"{string.Join(' ', rows.FindPermissions(session).Select(Show))} {string.Join(' ', rows.FindChildren("ses_1"))} "
            + Show(rows.FindSession(session));
    }

    private static async Task<string> ReadAsync(IStore store)
    {
        var token = CancellationToken.None;
        var seen = new StringBuilder();
        foreach (var row in await store.ListSessionsAsync(new SessionQuery(), token))
            seen.AppendLine(JsonSerializer.Serialize(row.Info, WireJson.Wire.SessionInfo) + Show(row));
        foreach (var query in Lists())
        {
            var listed = await store.ListSessionsAsync(query, token);
            seen.Append(query).Append(' ').AppendJoin(' ', listed.Select(static row => row.Info.ID)).AppendLine();
        }

        var active = await store.ListActiveSessionsAsync(token);
        seen.AppendJoin(' ', active.Select(static row => row.Info.ID).Order(StringComparer.Ordinal)).AppendLine();
        foreach (var session in Sessions)
        {
            seen.AppendLine(Show(await store.FindSessionAsync(session, token)));
            seen.AppendJoin(' ', (await store.ListChildrenAsync(session, token)).Order(StringComparer.Ordinal)).AppendLine();
            seen.AppendLine(Show(await store.FindMessageAsync(session, $"msg_{session}_1", token)));
            var whole = await store.ReadMessagesAsync(new MessageQuery(session), token);
            seen.AppendJoin(' ', whole.Messages.Select(Show)).Append(whole.HasMore).AppendLine();
            seen.AppendJoin(' ', (await store.ReadContextAsync(session, 0, token)).Select(Show)).AppendLine();
            var page = await store.ReadMessagesAsync(new MessageQuery(session) { Limit = 3 }, token);
            seen.AppendJoin(' ', page.Messages.Select(Show)).Append(page.HasMore).AppendLine();
            var older = await store.ReadMessagesAsync(new MessageQuery(session) { Before = $"msg_{session}_1", Limit = 2 }, token);
            seen.AppendJoin(' ', older.Messages.Select(Show)).Append(older.HasMore).AppendLine();
            seen.AppendJoin(' ', (await store.ReadContextAsync(session, 300, token)).Select(Show)).AppendLine();
            seen.AppendJoin(' ', (await store.ReadInboxAsync(session, token)).Select(Show)).AppendLine();
            seen.AppendLine(await store.FindTodosAsync(session, token) is { } todos ? Encoding.UTF8.GetString(todos.Span) : "none");
        }

        seen.AppendJoin(' ', (await store.ListPermissionsAsync(token)).Select(Show)).AppendLine();
        seen.AppendJoin(' ', await store.ListOpenEffectsAsync(token)).AppendLine();
        seen.AppendJoin(' ', (await store.ListApprovalsAsync("/w", token))).AppendLine();
        seen.AppendJoin(' ', (await store.ListProjectsAsync(token)).Select(static row => $"{row.ID} {row.Time}")).AppendLine();
        foreach (var published in await store.ReadEventsAsync(new EventCursor(1), new EventCursor(1000), "/w", 5, token))
            seen.AppendLine($"{published.Sequence} {published.SessionID} {published.SessionSequence} {Encoding.UTF8.GetString(published.Json)}");
        foreach (var growing in await store.ListGrowingPartsAsync("/w", token))
            seen.AppendLine($"{growing.Session.ID} {Encoding.UTF8.GetString(growing.Json.Span)}");
        return seen.Append(await store.FindOldestCursorAsync(token)).ToString();
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

    private static string Show(MessageRow? row) => row is null
        ? "none"
        : $"{row.ID} {row.Position} {row.Context} {row.Fingerprint} {row.Outcome} {Encoding.UTF8.GetString(row.Info.Span)} "
            + string.Join(',', row.Parts.Select(static part => Encoding.UTF8.GetString(part.Span)));

    private static string Show(SessionRow? row) => row is null ? "none" : $"{row.Status} {row.EventCount} {row.Position} {row.Lease}";

    private static string Show(WorkRow row) =>
        $"{row with { Payload = null }} {(row.Payload is { } payload ? Encoding.UTF8.GetString(payload.Span) : "none")}";

    private static string Show(PermissionRow row) => $"{row.ID} {row.SessionID} {row.Answer} {Encoding.UTF8.GetString(row.Json.Span)}";

    private static SessionInfo Session(string id, Random random) => new()
    {
        ID = id,
        Slug = "slug",
        ProjectID = "p",
        Directory = random.Next(2) == 0 ? "/w" : "/w/a",
        Path = random.Next(3) switch { 0 => null, 1 => "a", _ => random.Next(2) == 0 ? "a/b" : "ab" },
        ParentID = id == "ses_1" ? null : "ses_1",
        Title = $"Title {random.Next(10)}",
        Version = "0.0.0",
        Time = new SessionTime(1, random.Next(100)),
    };
}
