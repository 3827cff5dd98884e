using System.Buffers;
using System.Text;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Sqlite;
using Capstan.Testing.Stores;
using Xunit;

namespace Capstan.Engine.Tests.Storage;

/// <summary>
/// What the simulation shows on its own store is worth as much as that store is like the real one: the same writes to both, chosen by
/// a seed, committed or undone, must read the same.
/// </summary>
public sealed class StoreAgreementTests : IDisposable
{
    private static readonly string[] Sessions = ["ses_1", "ses_2", "ses_3"];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("capstan-stores-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task The_simulated_store_reads_as_SQLite_does()
    {
        for (var seed = 1; seed <= 60; seed++)
        {
            await using var real = SqliteStore.Open(Path.Combine(_directory.FullName, $"{seed}"));
            var simulated = new StoreDisk().Open();
            var random = new Random(seed);
            for (var write = 0; write < 12; write++)
            {
                var (ours, theirs) = Write(simulated, real, random);
                Assert.True(ours == theirs, $"seed {seed}, write {write}:\n{ours}\n{theirs}");
                Assert.Equal(await ReadAsync(real), await ReadAsync(simulated));
            }
        }
    }

    [Fact]
    public async Task An_owner_that_lost_the_store_writes_no_more()
    {
        await using var old = SqliteStore.Open(_directory.FullName);
        // As after a network file system or an administrator has broken the lock.
        File.Delete(Path.Combine(_directory.FullName, "capstan.db.lock"));
        await using var current = SqliteStore.Open(_directory.FullName);
        Assert.Throws<StoreFencedException>(() => old.Begin());
        current.Begin().Dispose();
    }

    [Fact]
    public async Task A_long_value_is_stored_in_pieces_and_read_whole()
    {
        await using var store = SqliteStore.Open(_directory.FullName);
        var token = TestContext.Current.CancellationToken;
        var written = new List<byte[]>();
        // Long, longer, short again, long again: each takes the place of the one before.
        foreach (var length in (int[])[300_000, 1_000_000, 10, 400_000])
        {
            var value = new SegmentedBuffer();
            for (var i = 0; value.Length < length; i++)
                value.Write(Encoding.UTF8.GetBytes($"{i} "));
            written.Add(value.ToSequence().ToArray());
            using var transaction = store.Begin();
            if (written.Count == 1)
                transaction.AddMessage("ses_1", "msg_1", isOpen: true, transaction.NextPosition(), null, null, "{}"u8.ToArray());
            transaction.PutPart("ses_1", "msg_1", "prt_1", value.ToSequence());
            Assert.Equal(written.Count, transaction.AddEvent("ses_1", written.Count, "/w", "p", "type", "evt", value.ToSequence()));
            Assert.Equal(written[^1], Assert.Single(transaction.FindMessage("msg_1")!.Parts).ToArray());
            transaction.Commit();
        }

        var stored = new List<byte[]>();
        while (await store.ReadEventsAsync(stored.Count, long.MaxValue, null, 100, token) is { Count: > 0 } page)
            stored.AddRange(page.Select(static published => published.Json.ToArray()));
        Assert.Equal(written, stored);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(12)]
    public async Task Parts_stand_in_the_order_in_which_they_came_whatever_the_clock_made_of_their_identifiers(int messages)
    {
        var token = TestContext.Current.CancellationToken;
        var disk = new StoreDisk();
        // Two processes, the later with an earlier clock; a part that is replaced, short or long, stays where it is.
        foreach (var part in (string[])["prt_5", "prt_3"])
        {
            await using var real = SqliteStore.Open(_directory.FullName);
            foreach (var store in (IStore[])[real, disk.Open()])
            {
                using var write = store.Begin();
                for (var i = 0; i < messages; i++)
                {
                    if (part == "prt_5")
                        write.AddMessage("ses_1", $"msg_{i}", isOpen: true, write.NextPosition(), write.NextPosition(), null, "{}"u8.ToArray());
                    write.PutPart("ses_1", $"msg_{i}", part, new(Encoding.UTF8.GetBytes(part)));
                    write.PutPart("ses_1", $"msg_{i}", "prt_4", new(Encoding.UTF8.GetBytes("prt_4".PadRight(300_000))));
                    write.PutPart("ses_1", $"msg_{i}", "prt_5", new("prt_5"u8.ToArray()));
                }

                write.Commit();
            }
        }

        await using var reopened = SqliteStore.Open(_directory.FullName);
        foreach (var store in (IStore[])[reopened, disk.Open()])
        {
            string[] expected = ["prt_5", "prt_4", "prt_3"];
            var page = await store.ReadMessagesAsync(new MessageQuery("ses_1"), token);
            Assert.Equal(messages, page.Messages.Count);
            Assert.All(page.Messages, row => Assert.Equal(expected, Parts(row)));
            Assert.All(await store.ReadContextAsync("ses_1", 0, token), row => Assert.Equal(expected, Parts(row)));
            Assert.Equal(expected, Parts((await store.FindMessageAsync("ses_1", "msg_1", token))!));
            using var write = store.Begin();
            Assert.Equal(expected, Parts(write.FindMessage("msg_1")!));
            Assert.Equal(expected, Parts(write.FindLastMessage("ses_1")!));
            Assert.All(write.FindOpenMessages("ses_1"), row => Assert.Equal(expected, Parts(row)));
        }

        static IEnumerable<string> Parts(MessageRow row) => row.Parts.Select(static part => Encoding.UTF8.GetString(part.Span).TrimEnd());
    }

    private static (string Ours, string Theirs) Write(IStore simulated, IStore real, Random random)
    {
        var seed = random.Next();
        var count = 1 + random.Next(8);
        var commits = random.Next(4) > 0;
        return (Apply(simulated), Apply(real));

        string Apply(IStore store)
        {
            // Both make the same choices.
            var choices = new Random(seed);
            var seen = new StringBuilder();
            using var transaction = store.Begin();
            for (var i = 0; i < count; i++)
                seen.Append(Change(transaction, choices)).Append('\n');
            if (commits)
                transaction.Commit();
            return seen.ToString();
        }
    }

    private static string Change(IStoreTransaction rows, Random random)
    {
        var session = Sessions[random.Next(Sessions.Length)];
        var message = $"msg_{session}_{random.Next(4)}";
        var part = $"prt_{session}_{random.Next(4)}";
        var request = $"per_{session}_{random.Next(3)}";
        var data = Encoding.UTF8.GetBytes($$"""{"n":{{random.Next(1000)}}}""");
        var exists = rows.FindMessage(message) is not null;
        var text = "";
        switch (random.Next(21))
        {
            case 0 or 1:
                rows.PutSession(new SessionRow(
                    Session(session, random), random.Next(2) == 0 ? SessionStatus.IsIdle : SessionStatus.IsBusy, random.Next(9)));
                break;
            case 2 when random.Next(3) == 0:
                rows.DeleteSession(session, rows.AddEvent(session, 0, "/w", "p", "session.deleted", "evt", new(data)));
                break;
            case 3 or 4 when !exists:
                var position = rows.NextPosition();
                rows.AddMessage(session, message, random.Next(2) == 0, position, random.Next(2) == 0 ? position : null, "print", data);
                break;
            case 5 when exists:
                if (random.Next(2) == 0)
                    rows.UpdateMessage(session, message, random.Next(2) == 0, data);
                else
                    rows.EndStep(session, message, (StepOutcome)random.Next(5), data);
                break;
            case 6 when exists:
                rows.SetContext(session, message, rows.NextPosition());
                break;
            case 7 or 8 when exists:
                rows.PutPart(session, message, part, new(data));
                break;
            case 9:
                rows.RemovePart(message, part);
                break;
            case 10 when exists && rows.FindInbox(session).All(row => row.MessageID != message):
                rows.AddInbox(new WorkRow(session, message, rows.NextPosition(), (Delivery)random.Next(3)));
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
                text = $"{rows.AnswerPermission(request, new PermissionAnswer((PermissionReply)random.Next(3), "because"))}";
                break;
            case 15:
                rows.RemovePermission(request);
                rows.AddApproval(new ApprovalRow(
                    $"apr_{random.Next(4)}", "/w", new PermissionRule("bash", $"{random.Next(3)}", PermissionAction.Allow), random.Next(9)));
                if (random.Next(3) == 0)
                    text = $"{rows.RemoveApproval($"apr_{random.Next(4)}")}";
                text += string.Join(' ', rows.FindApprovals("/w"));
                break;
            case 16:
                rows.BeginEffect(session, part, 1);
                rows.BeginEffect(session, $"{part}_open", 1);
                rows.EndEffect(part, 2);
                rows.PutTodos(session, data);
                if (random.Next(3) == 0)
                    rows.RemoveMessage(message);
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
            + $"{Show(rows.FindLastMessage(session))} {Show(rows.FindLastMessage(session, before: 5))} {string.Join(' ', rows.FindInbox(session))} {rows.HasEffect(part)} "
            + $"{string.Join(' ', rows.FindPermissions(session).Select(Show))} {string.Join(' ', rows.FindChildren("ses_1"))} "
            + $"{rows.FindSession(session)?.EventCount}";
    }

    private static async Task<string> ReadAsync(IStore store)
    {
        var token = CancellationToken.None;
        var seen = new StringBuilder();
        foreach (var row in await store.ListSessionsAsync(new SessionQuery(), token))
            seen.AppendLine(JsonSerializer.Serialize(row.Info, WireJson.Wire.SessionInfo) + row.Status + row.EventCount);
        foreach (var query in Lists())
        {
            var listed = await store.ListSessionsAsync(query, token);
            seen.Append(query).Append(' ').AppendJoin(' ', listed.Select(static row => row.Info.ID)).AppendLine();
        }

        var active = await store.ListActiveSessionsAsync(token);
        seen.AppendJoin(' ', active.Select(static row => row.Info.ID).Order(StringComparer.Ordinal)).AppendLine();
        foreach (var session in Sessions)
        {
            var whole = await store.ReadMessagesAsync(new MessageQuery(session), token);
            seen.AppendJoin(' ', whole.Messages.Select(Show)).Append(whole.HasMore).AppendLine();
            seen.AppendJoin(' ', (await store.ReadContextAsync(session, 0, token)).Select(Show)).AppendLine();
            var page = await store.ReadMessagesAsync(new MessageQuery(session) { Limit = 3 }, token);
            seen.AppendJoin(' ', page.Messages.Select(Show)).Append(page.HasMore).AppendLine();
            var older = await store.ReadMessagesAsync(new MessageQuery(session) { Before = $"msg_{session}_1", Limit = 2 }, token);
            seen.AppendJoin(' ', older.Messages.Select(Show)).Append(older.HasMore).AppendLine();
            seen.AppendJoin(' ', (await store.ReadContextAsync(session, 3, token)).Select(Show)).AppendLine();
            seen.AppendJoin(' ', await store.ReadInboxAsync(session, token)).AppendLine();
            seen.AppendLine(await store.FindTodosAsync(session, token) is { } todos ? Encoding.UTF8.GetString(todos.Span) : "none");
        }

        seen.AppendJoin(' ', (await store.ListPermissionsAsync(token)).Select(Show)).AppendLine();
        seen.AppendJoin(' ', await store.ListOpenEffectsAsync(token)).AppendLine();
        seen.AppendJoin(' ', (await store.ListApprovalsAsync("/w", token))).AppendLine();
        foreach (var published in await store.ReadEventsAsync(1, 1000, "/w", 5, token))
            seen.AppendLine($"{published.Sequence} {published.SessionID} {published.SessionSequence} {Encoding.UTF8.GetString(published.Json)}");
        foreach (var growing in await store.ListGrowingPartsAsync("/w", token))
            seen.AppendLine($"{growing.Session.ID} {Encoding.UTF8.GetString(growing.Json.Span)}");
        return seen.Append(await store.FirstEventSequenceAsync(token)).ToString();
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
