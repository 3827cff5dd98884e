using Capstan.Engine.Configuration;
using Capstan.Engine.Storage.Sqlite;
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

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
