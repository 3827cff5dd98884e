using System.Text;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Sqlite;
using Capstan.Testing.Stores;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Capstan.Engine.Tests.Storage;

/// <summary>What is deleted leaves the files, and the files give their space back.</summary>
public sealed class SqliteUpkeepTests : IDisposable
{
    private const int MostSteps = 10_000;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("capstan-upkeep-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task The_texts_of_a_deleted_session_leave_the_files()
    {
        await using var store = SqliteStore.Open(_directory.FullName);
        WriteSession(store, "ses_1", "secret");
        WriteSession(store, "ses_2", "kept");
        Assert.True(IsInFiles("secret"));

        Delete(store, "ses_1");
        RunUpkeep(store);

        Assert.False(IsInFiles("secret"), "the text is still there");
        Assert.True(IsInFiles("kept"));
        Assert.Equal(["one", "more", "more", "session.deleted"], (await EventsAsync(store)).Select(static e => e.Type));
    }

    [Fact]
    public async Task Nobody_reads_events_of_a_deleted_session_from_the_moment_of_its_deletion()
    {
        await using var store = SqliteStore.Open(_directory.FullName);
        WriteSession(store, "ses_1", "secret");
        Delete(store, "ses_1");

        var left = Assert.Single(await EventsAsync(store));

        Assert.Equal("session.deleted", left.Type);
        Assert.Equal(new EventCursor(0), await store.FindOldestCursorAsync(Cancelled));
    }

    [Fact]
    public async Task What_was_deleted_is_erased_by_the_next_process_where_the_first_one_died()
    {
        await using (var store = SqliteStore.Open(_directory.FullName))
        {
            WriteSession(store, "ses_1", "secret");
            Delete(store, "ses_1");
        }

        Assert.True(IsInFiles("secret"));
        await using var next = SqliteStore.Open(_directory.FullName);
        RunUpkeep(next);

        Assert.False(IsInFiles("secret"));
    }

    [Fact]
    public async Task Sessions_that_are_deleted_while_others_are_erased_are_erased_as_well()
    {
        await using var store = SqliteStore.Open(_directory.FullName);
        for (var i = 1; i <= 3; i++)
            WriteSession(store, $"ses_{i}", $"secret {i} ", events: 700);
        Delete(store, "ses_2");
        store.Lanes[0].RunUpkeep();
        Delete(store, "ses_1");
        RunUpkeep(store);

        Assert.False(IsInFiles("secret 1 "));
        Assert.False(IsInFiles("secret 2 "));
        Assert.True(IsInFiles("secret 3 "));
    }

    [Fact]
    public async Task Free_pages_are_given_back_in_short_steps()
    {
        await using var store = SqliteStore.Open(_directory.FullName);
        WriteSession(store, "ses_1", new string('x', 1000), events: 20_000);
        RunUpkeep(store);
        var before = Database.Length;

        Delete(store, "ses_1");
        var steps = RunUpkeep(store);

        Assert.InRange(before, 20_000_000, long.MaxValue);
        Assert.InRange(Database.Length, 0, 2_000_000);
        // As many as there are ranges of events and of pages: each is short.
        Assert.InRange(steps, 40, 120);
    }

    [Fact]
    public async Task A_database_of_before_is_taken_over_with_its_numbers_and_rewritten_once()
    {
        await using (var old = typeof(SqliteUpkeepTests).Assembly.GetManifestResourceStream("schema-1.db")!)
        await using (var file = Database.Create())
            await old.CopyToAsync(file, Cancelled);
        Assert.True(IsInFiles("words of ses_e01246b0affec3yDqvK8i7rHdV"));

        await using (var store = SqliteStore.Open(_directory.FullName))
        {
            var session = Assert.Single(await store.ListSessionsAsync(new SessionQuery(), Cancelled));
            Assert.Equal(3, (await store.ReadMessagesAsync(new MessageQuery(session.Info.ID), Cancelled)).Messages.Count);
            Assert.Equal(new EventCursor(23), store.NewestCursor);
            Assert.Equal(new EventCursor(23), await store.FindOldestCursorAsync(Cancelled));
            for (var steps = 0; store.Lanes[0].Upkeep == StoreUpkeep.Step && steps < MostSteps; steps++)
                store.Lanes[0].RunUpkeep();
            Assert.Equal(StoreUpkeep.Rewrite, store.Lanes[0].Upkeep);
            RunUpkeep(store);
            Assert.Equal(StoreUpkeep.None, store.Lanes[0].Upkeep);
            // The texts of a session that was deleted before.
            Assert.False(IsInFiles("words of ses_e01246b0affec3yDqvK8i7rHdV"));
            Assert.True(IsInFiles("words of ses_e01246ce5ffeDuNIxLbCNUjIeK"));
            WriteSession(store, "ses_new", "text");
            Assert.Equal(24, (await EventsAsync(store))[0].Sequence);
        }

        await using var again = SqliteStore.Open(_directory.FullName);
        RunUpkeep(again);
        Assert.Equal(StoreUpkeep.None, again.Lanes[0].Upkeep);
        Assert.Equal(2, Number("PRAGMA auto_vacuum"));
    }

    [Theory]
    [InlineData(1_000_000, 10_000, 100)]
    [InlineData(30, long.MaxValue, 30)]
    [InlineData(0, long.MaxValue, 0)]
    [InlineData(1_000_000, 0, 1)]
    public async Task R9_Events_are_kept_up_to_a_number_and_up_to_bytes(long count, long bytes, int kept)
    {
        await using var store = SqliteStore.Open(_directory.FullName);
        // A hundred bytes each.
        var last = WriteSession(store, "ses_1", new string('x', 93), events: 6000);

        // A write forgets some of them only, so that it is short.
        for (var i = 0; i < 3; i++)
        {
            using var write = store.Begin();
            write.TrimEvents(last, count, bytes);
            write.Commit();
            Assert.Equal(Math.Min(2000 + (2000 * i), last - kept), (await store.FindOldestCursorAsync(Cancelled))[0]);
        }

        var events = await EventsAsync(store);
        Assert.Equal(kept, events.Count);
        Assert.Equal(kept == 0 ? last : events[0].Sequence - 1, (await store.FindOldestCursorAsync(Cancelled))[0]);
    }

    private FileInfo Database => new(Path.Combine(_directory.FullName, "capstan.db"));

    private static long WriteSession(SqliteStore store, string id, string text, int events = 3)
    {
        var last = 0L;
        using (var write = store.Begin())
        {
            write.PutSession(new SessionRow(
                new SessionInfo
                {
                    ID = id, Slug = "s", ProjectID = "p", Directory = "/w", Title = text, Version = "0", Time = new SessionTime(1, 1),
                },
                SessionStatus.IsIdle,
                events));
            write.AddMessage(id, $"msg_{id}", isOpen: false, 1, null, null, Encoding.UTF8.GetBytes($$"""{"t":"{{text}}"}"""));
            // Short, then long and short again: pages become free that held it.
            foreach (var length in (int[])[1, 2000, 40_000, 3])
                write.PutPart(id, $"msg_{id}", $"prt_{id}", new(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(text, length)))));
            write.AppendPart(id, $"msg_{id}", $"prt_{id}", 1, new(Encoding.UTF8.GetBytes(text)));
            write.PutTodos(id, Encoding.UTF8.GetBytes(text));
            for (var i = 0; i < events; i++)
                last = write.AddEvent(id, i, "/w", "p", i == 0 ? "one" : "more", "evt", new(Encoding.UTF8.GetBytes($$"""{"t":"{{text}}"}""")));
            write.Commit();
        }

        return last;
    }

    private static void Delete(SqliteStore store, string id)
    {
        using var write = store.Begin();
        var last = write.AddEvent(id, 9, "/w", "p", "session.deleted", "evt", new("{}"u8.ToArray()));
        write.DeleteSession(id, last);
        write.Commit();
    }

    private static int RunUpkeep(SqliteStore store)
    {
        var steps = 0;
        for (; store.Lanes[0].Upkeep != StoreUpkeep.None; steps++)
        {
            Assert.InRange(steps, 0, MostSteps);
            store.Lanes[0].RunUpkeep();
        }

        return steps;
    }

    private static async Task<IReadOnlyList<PublishedEvent>> EventsAsync(SqliteStore store) =>
        await store.ReadAllEventsAsync(cancellationToken: Cancelled);

    private bool IsInFiles(string text) => new[] { "", "-wal" }.Select(suffix => Database.FullName + suffix).Where(File.Exists).Any(file =>
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        return memory.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
    });

    private long Number(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database.FullName};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long?)command.ExecuteScalar() ?? 0;
    }
}
