using Capstan.Testing.Stores.Postgres;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(SharedPostgres))]

namespace Capstan.Engine.Tests.Storage;

/// <summary>What the tests on PostgreSQL stand on: a server that dies and comes back, and databases that nobody else has.</summary>
public sealed class PostgresServerTests(SharedPostgres shared)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_committed_is_there_after_the_server_was_killed_and_started_again()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Token);
        var database = await server.CreateDatabaseAsync("kept", cancellationToken: Token);
        await ExecuteAsync(database, "CREATE TABLE kept (n int)");
        await using var open = await ConnectAsync(database.ConnectionString);
        await using var transaction = await open.BeginTransactionAsync(Token);
        await using (var lost = new NpgsqlCommand("INSERT INTO kept VALUES (0)", open, transaction))
            await lost.ExecuteNonQueryAsync(Token);

        for (var round = 1; round <= 3; round++)
        {
            await ExecuteAsync(database, $"INSERT INTO kept VALUES ({round})");
            var killed = server.ID;
            await server.KillAsync(Token);
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => ConnectAsync(database.ConnectionString));
            await server.StartAgainAsync(Token);
            Assert.NotEqual(killed, server.ID);
            Assert.Equal(string.Join(',', Enumerable.Range(1, round)),
                await ReadAsync(database, "SELECT string_agg(n::text, ',' ORDER BY n) FROM kept"));
        }
    }

    [Fact]
    public async Task The_server_recovers_by_itself_when_the_processes_of_its_clients_are_killed()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Token);
        var database = await server.CreateDatabaseAsync("kept", cancellationToken: Token);
        await ExecuteAsync(database, "CREATE TABLE kept AS SELECT 7 AS n");
        var postmaster = server.ID;
        await using var client = await ConnectAsync(database.ConnectionString);

        Assert.Equal(1, await server.KillBackendsAsync(Token));

        await using (var command = new NpgsqlCommand("SELECT 1", client))
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteScalarAsync(Token));
        Assert.Equal("7", await ReadAsync(database, "SELECT n FROM kept"));
        Assert.Equal(postmaster, server.ID);
        Assert.Equal(0, await server.KillBackendsAsync(Token));
    }

    [Theory]
    [InlineData(PostgresStop.Fast, "database system was shut down")]
    [InlineData(PostgresStop.Immediate, "database system was not properly shut down")]
    public async Task A_server_that_was_stopped_starts_again_where_it_was(PostgresStop how, string start)
    {
        await using var server = await PostgresServer.StartAsync(new() { IsSyncing = false }, Token);
        var database = await server.CreateDatabaseAsync("kept", cancellationToken: Token);
        await ExecuteAsync(database, "CREATE TABLE kept AS SELECT 7 AS n");
        await using var client = await ConnectAsync(database.ConnectionString);

        await server.StopAsync(how, Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.KillAsync(Token));
        await server.StartAgainAsync(Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartAgainAsync(Token));

        Assert.Contains(start, server.Log.Split("starting PostgreSQL")[^1], StringComparison.Ordinal);
        Assert.Equal("7", await ReadAsync(database, "SELECT n FROM kept"));
    }

    [Fact]
    public async Task A_server_waits_for_the_disk_unless_it_is_told_not_to()
    {
        var options = new PostgresServerOptions { Settings = new Dictionary<string, string> { ["work_mem"] = "9MB" } };
        await using var server = await PostgresServer.StartAsync(options, Token);
        var database = await server.CreateDatabaseAsync("settings", cancellationToken: Token);
        Assert.Equal("on", await ReadAsync(database, "SHOW fsync"));
        Assert.Equal("on", await ReadAsync(database, "SHOW synchronous_commit"));
        Assert.Equal("9MB", await ReadAsync(database, "SHOW work_mem"));
        Assert.Equal("off", await ReadAsync(await shared.CreateDatabaseAsync(Token), "SHOW fsync"));
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_what_it_logged_and_leaves_nothing()
    {
        var options = new PostgresServerOptions { Settings = new Dictionary<string, string> { ["no_such_setting"] = "1" } };
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => PostgresServer.StartAsync(options, Token));
        Assert.Contains("unrecognized configuration parameter \"no_such_setting\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_leaves_neither_processes_nor_files()
    {
        var server = await PostgresServer.StartAsync(new() { IsSyncing = false }, Token);
        var (directory, process) = (server.SocketDirectory, server.ID);
        Assert.True(Directory.Exists($"/proc/{process}"));
        await server.DisposeAsync();
        Assert.False(Directory.Exists(directory));
        Assert.False(Directory.Exists($"/proc/{process}"));
    }

    [Fact]
    public async Task What_a_killed_program_has_left_is_deleted_and_what_another_uses_is_not()
    {
        var running = await shared.ServerAsync(Token);
        var left = Directory.CreateTempSubdirectory("capstan-postgres-");
        await File.WriteAllTextAsync(Path.Combine(left.FullName, "in-use"), "", Token);
        await using var server = await PostgresServer.StartAsync(new() { IsSyncing = false }, Token);
        Assert.False(Directory.Exists(left.FullName));
        Assert.True(Directory.Exists(running.SocketDirectory));
    }

    [Fact]
    public async Task A_database_is_apart_from_every_other()
    {
        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => shared.CreateDatabaseAsync(Token)));
        Assert.Equal(4, databases.Select(static database => database.Name).Distinct().Count());
        foreach (var database in databases)
            await ExecuteAsync(database, "CREATE TABLE here (n int)");
        await ExecuteAsync(databases[0], "INSERT INTO here VALUES (1)");
        Assert.Equal("1,0,0,0", string.Join(',', await Task.WhenAll(databases.Select(
            static database => ReadAsync(database, "SELECT count(*) FROM here")))));
    }

    [Fact]
    public async Task A_template_is_filled_once_and_its_copies_are_apart()
    {
        var filled = 0;
        var databases = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => shared.CreateDatabaseAsync("once", async template =>
        {
            Interlocked.Increment(ref filled);
            await ExecuteAsync(template, "CREATE TABLE here AS SELECT 7 AS n");
        }, Token)));
        Assert.Equal(1, filled);
        await ExecuteAsync(databases[0], "DELETE FROM here");
        Assert.Equal("0,1,1,1", string.Join(',', await Task.WhenAll(databases.Select(
            static database => ReadAsync(database, "SELECT count(*) FROM here")))));
    }

    [Fact]
    public async Task A_database_is_dropped_although_somebody_is_connected()
    {
        var server = await shared.ServerAsync(Token);
        var database = await server.CreateDatabaseAsync("\"odd\" name/ü", cancellationToken: Token);
        await using var client = await ConnectAsync(database.ConnectionString);
        await server.DropDatabaseAsync(database.Name, Token);
        var failure = await Assert.ThrowsAsync<PostgresException>(() => ConnectAsync(database.ConnectionString));
        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, failure.SqlState);
    }

    [Fact]
    public async Task A_database_is_reached_over_TCP_and_over_the_socket()
    {
        var server = await shared.ServerAsync(Token);
        var database = await shared.CreateDatabaseAsync(Token);
        var url = new Uri(database.Url);
        Assert.Equal(("postgres", "postgres", "127.0.0.1", server.Port, "/" + database.Name),
            (url.Scheme, url.UserInfo, url.Host, url.Port, url.AbsolutePath));
        const string Query = "SELECT current_database() || coalesce(host(inet_server_addr()), '')";
        Assert.Equal(database.Name + url.Host, await ReadAsync(
            $"Host={url.Host};Port={url.Port};Username={url.UserInfo};Database={url.AbsolutePath[1..]};Pooling=false", Query));
        Assert.Equal(database.Name, await ReadAsync(database, Query));
        Assert.Equal($"postgres://postgres@/{database.Name}?host={Uri.EscapeDataString(server.SocketDirectory)}&port={server.Port}",
            database.SocketUrl);
    }

    private static async Task<NpgsqlConnection> ConnectAsync(string database)
    {
        var connection = new NpgsqlConnection($"{database};Pooling=false");
        await connection.OpenAsync(Token);
        return connection;
    }

    private static async Task ExecuteAsync(PostgresDatabase database, string sql)
    {
        await using var connection = await ConnectAsync(database.ConnectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Token);
    }

    private static Task<string> ReadAsync(PostgresDatabase database, string sql) => ReadAsync(database.ConnectionString, sql);

    private static async Task<string> ReadAsync(string database, string sql)
    {
        await using var connection = await ConnectAsync(database);
        await using var command = new NpgsqlCommand(sql, connection);
        return $"{await command.ExecuteScalarAsync(Token)}";
    }
}
