using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Postgres;
using Capstan.Testing.Stores;
using Capstan.Testing.Stores.Postgres;
using Npgsql;
using Xunit;

namespace Capstan.Engine.Tests.Storage.Postgres;

/// <summary>Who may open a database, and what is said to whom may not.</summary>
public sealed class PostgresOpeningTests(SharedPostgres shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_server_is_refused_and_told_where_the_first_one_listens()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await using var store = PostgresStores.Open(database);
        Assert.Null(Assert.Throws<StoreInUseException>(() => PostgresStores.Open(database)).Owner);
        store.Announce(new Uri("http://127.0.0.1:4096/"));

        var failure = Assert.Throws<StoreInUseException>(() => PostgresStores.Open(database));

        Assert.Equal(new Uri("http://127.0.0.1:4096/"), failure.Owner);
        Assert.Contains(database.Name, failure.Message, StringComparison.Ordinal);
        store.Begin("ses_1").Dispose();
    }

    [Fact]
    public async Task Each_opening_has_a_higher_epoch_and_goes_on_where_the_last_one_was()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        for (var opening = 1; opening <= 3; opening++)
        {
            await using var store = PostgresStores.Open(database);
            Assert.Equal(opening, store.Epoch);
            Assert.Equal(opening - 1, store.NewestCursor[0]);
            using var write = store.Begin("ses_1");
            Assert.Equal(opening, write.AddEvent("ses_1", opening, $"evt_{opening}"));
            write.Commit();
        }
    }

    [Fact]
    public async Task A_database_keeps_the_lanes_that_it_was_made_with()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await using (var first = PostgresStores.Open(database, lanes: 3))
            Assert.Equal(3, first.Lanes.Count);
        await using var second = PostgresStores.Open(database, lanes: 1);
        Assert.Equal(3, second.Lanes.Count);
        Assert.Equal(3, second.NewestCursor.LaneCount);
    }

    [Fact]
    public async Task An_owner_that_lost_the_database_writes_no_more()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await using var old = PostgresStores.Open(database);
        using (var first = old.Begin("ses_1"))
        {
            first.PutSession(new SessionRow(PostgresStores.Session("ses_1"), Contract.SessionStatus.IsIdle, 0));
            first.Commit();
        }

        // As after the lock's connection was lost, and another process was faster.
        await PostgresStores.ExecuteAsync(database, "UPDATE owner SET epoch = 2; UPDATE lane SET epoch = 2");

        using var write = old.Begin("ses_1");
        write.AddEvent("ses_1", 0, "evt_1");
        var failure = Assert.Throws<StoreFencedException>(write.Commit);
        Assert.Contains("epoch 2 owns it now", failure.Message, StringComparison.Ordinal);
        write.Dispose();
        Assert.Throws<StoreFencedException>(() => old.Begin("ses_another"));
        Assert.Empty(await old.ReadAllEventsAsync(cancellationToken: Token));
    }

    [Fact]
    public async Task A_batch_that_arrives_late_from_a_connection_that_was_given_up_is_refused()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await using var store = PostgresStores.Open(database);
        using (var write = store.Begin("ses_1"))
        {
            write.AddEvent("ses_1", 0, "evt_1");
            write.Commit();
        }

        var failure = await Assert.ThrowsAsync<PostgresException>(
            () => PostgresStores.ExecuteAsync(database, "CALL begin_write(0::smallint, 1, 0, 1, 2)"));
        Assert.Equal(PostgresSchema.OutOfStep, failure.SqlState);
    }

    [Fact]
    public async Task A_database_of_a_newer_Capstan_is_refused_and_left_as_it_is()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await PostgresStores.Open(database).DisposeAsync();
        await PostgresStores.ExecuteAsync(database, "INSERT INTO migration (version) VALUES (1000)");

        var failure = Assert.Throws<InvalidOperationException>(() => PostgresStores.Open(database));

        Assert.Contains(
            $"was written by a newer Capstan (schema 1000, this one knows {PostgresSchema.Newest})", failure.Message, StringComparison.Ordinal);
        Assert.Equal("1", await PostgresStores.ReadAsync(database, "SELECT epoch FROM owner"));
    }

    [Fact]
    public async Task A_database_with_the_first_tables_is_brought_up_to_date()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await PostgresStores.Open(database).DisposeAsync();
        await PostgresStores.ExecuteAsync(database, "DROP INDEX session_by_directory; DROP PROCEDURE put_sessions; DELETE FROM migration WHERE version > 1");

        await PostgresStores.Open(database).DisposeAsync();

        Assert.Equal(
            "session_by_directory",
            await PostgresStores.ReadAsync(database, "SELECT indexname FROM pg_indexes WHERE indexname = 'session_by_directory'"));
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_named()
    {
        var server = await shared.ServerAsync(Token);
        var failure = Refuse($"postgres://postgres:secret@127.0.0.1:{server.Port}/missing");
        Assert.Contains("has no database missing. Make it with createdb missing.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_not_log_in_is_named()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await PostgresStores.ExecuteAsync(database, "CREATE ROLE sealed NOLOGIN");
        var failure = Refuse(database.Url.Replace("postgres@", "sealed:secret@", StringComparison.Ordinal));
        Assert.Contains("refuses the user sealed: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_not_make_tables_is_named()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await PostgresStores.ExecuteAsync(database, "CREATE ROLE guest LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        var failure = Refuse(database.Url.Replace("postgres@", "guest:secret@", StringComparison.Ordinal));
        Assert.Contains("The user guest may not do what Capstan has to do", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_another_encoding_is_refused()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await PostgresStores.ExecuteAsync(
            database, "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
        var failure = Refuse(database.Url.Replace($"/{database.Name}", "/latin", StringComparison.Ordinal));
        Assert.Contains("its encoding is not UTF8", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_with_tables_of_another_program_is_refused()
    {
        var database = await shared.CreateDatabaseAsync(Token);
        await PostgresStores.ExecuteAsync(database, "CREATE TABLE session (n int)");
        var failure = Refuse(database.SocketUrl);
        Assert.Contains("does not hold what a database of Capstan holds", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://u:secret@127.0.0.1:1/d", "nothing listens there")]
    [InlineData("postgres://u:secret@nowhere.invalid/d", "no such host")]
    [InlineData("postgres://u:secret@/d?host=/nowhere", "there is no such socket")]
    public void A_server_that_cannot_be_reached_is_named_without_the_password(string url, string reason) =>
        Assert.Contains(reason, Refuse(url).Message, StringComparison.Ordinal);

    private static StoreUnusableException Refuse(string url)
    {
        var failure = Assert.Throws<StoreUnusableException>(() => PostgresStore.Open(new PostgresOptions(PostgresAddress.Parse(url))));
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        return failure;
    }
}
