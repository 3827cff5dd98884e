using System.Text;
using Capstan.Engine.Configuration;
using Capstan.Engine.Events;
using Capstan.Engine.Storage.Sqlite;
using Capstan.Testing.Stores;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Capstan.Engine.Tests.Storage;

/// <summary>What a failure leaves behind: nothing that keeps the next try from working.</summary>
public sealed class SqliteStoreTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("capstan-sqlite-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_write_that_cannot_read_who_owns_the_store_leaves_no_transaction_open()
    {
        await using var store = SqliteStore.Open(_directory.FullName);
        await using var other = SqliteConnections.OpenWriter(Path.Combine(_directory.FullName, "capstan.db"));
        Execute(other, "ALTER TABLE owner RENAME TO lost");
        Assert.Throws<SqliteException>(() => store.Begin());

        // A transaction that is still open would keep others from writing, and the store from beginning another.
        Execute(other, "ALTER TABLE lost RENAME TO owner");
        using var write = store.Begin();
        write.AddEvent("ses_1", 0, "/w", "p", "type", "evt", new("{}"u8.ToArray()));
        write.Commit();
    }

    [Fact]
    public async Task R1_A_commit_returns_after_the_log_is_on_the_disk_and_readers_go_on_meanwhile()
    {
        var path = Path.Combine(_directory.FullName, "capstan.db");
        await using var writer = SqliteConnections.OpenWriter(path);
        Assert.Equal("wal", Read(writer, "PRAGMA journal_mode"));
        Assert.Equal("2", Read(writer, "PRAGMA synchronous"));
        await using var reader = SqliteConnections.OpenReader(path);
        Assert.Equal("1", Read(reader, "PRAGMA query_only"));

        static string Read(SqliteConnection connection, string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return $"{command.ExecuteScalar()}";
        }
    }

    [Fact]
    public async Task A_start_that_fails_gives_the_data_directory_free()
    {
        var environment = new ProcessEnvironment(new Dictionary<string, string> { ["HOME"] = _directory.FullName });
        var options = new EngineOptions
        {
            Paths = ConfigPaths.From(environment),
            Environment = environment,
            Version = "0.0.0",
            EndOrphans = static (_, _) => throw new InvalidOperationException("The processes cannot be read."),
        };
        await using (var store = SqliteStore.Open(options.Paths.Data))
        {
            using var write = store.Begin();
            write.BeginEffect("ses_1", "prt_1", 1);
            write.Commit();
        }

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            CapstanEngine.StartAsync(options, NullLoggerFactory.Instance, TestContext.Current.CancellationToken));
        Assert.Equal("The processes cannot be read.", failure.Message);

        await using var engine = await CapstanEngine.StartAsync(
            options with { EndOrphans = static (_, _) => Task.FromResult(0) }, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        Assert.Empty(await engine.Store.ListOpenEffectsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task R9_A_page_of_a_replay_ends_after_some_bytes_and_the_next_one_goes_on()
    {
        var token = TestContext.Current.CancellationToken;
        await using var store = SqliteStore.Open(_directory.FullName);
        using (var write = store.Begin())
        {
            for (var i = 1; i <= 10; i++)
                write.AddEvent("ses_1", i, "/w", "p", "type", $"evt_{i}", new(Encoding.UTF8.GetBytes($"\"{new string('x', 50_000)}\"")));
            write.Commit();
        }

        var pages = new List<int>();
        for (var read = 0L; read < 10; read += pages[^1])
        {
            var page = await store.ReadEventsAsync(new EventCursor(read), new EventCursor(10), null, 500, token);
            Assert.Equal(Enumerable.Range(1, page.Count).Select(i => read + i), page.Select(static stored => stored.Sequence));
            // Two are less than 128 KiB, three are more.
            pages.Add(page.Count);
            Assert.InRange(pages.Count, 1, 10);
        }

        Assert.Equal([3, 3, 3, 1], pages);
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
