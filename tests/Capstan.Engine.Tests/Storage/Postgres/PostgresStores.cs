using System.Text;
using Capstan.Contract;
using Capstan.Engine.Storage;
using Capstan.Engine.Storage.Postgres;
using Capstan.Testing.Stores.Postgres;
using Npgsql;

namespace Capstan.Engine.Tests.Storage.Postgres;

/// <summary>Opens stores on databases of a test, and makes what the tests write.</summary>
internal static class PostgresStores
{
    /// <summary>Opens a store of one lane, or of some, on a database that nobody else has.</summary>
    public static async Task<PostgresStore> OpenAsync(SharedPostgres shared, CancellationToken cancellationToken, int lanes = 1) =>
        Open(await shared.CreateDatabaseAsync(cancellationToken), lanes);

    /// <summary>Opens a store on a database.</summary>
    public static PostgresStore Open(PostgresDatabase database, int lanes = 1, TimeSpan? patience = null) =>
        PostgresStore.Open(Options(database) with { Lanes = lanes, Patience = patience ?? TimeSpan.FromSeconds(30) });

    /// <summary>The options that open a database.</summary>
    public static PostgresOptions Options(PostgresDatabase database) => new(PostgresAddress.Parse(database.SocketUrl));

    /// <summary>A session.</summary>
    public static SessionInfo Session(string id) => new()
    {
        ID = id,
        Slug = "slug",
        ProjectID = "p",
        Directory = "/w",
        Title = "Title",
        Version = "0.0.0",
        Time = new SessionTime(1, 1),
    };

    /// <summary>Adds an event with a text of its own.</summary>
    public static long AddEvent(this IStoreTransaction write, string sessionID, long number, string id, string text = "{}") =>
        write.AddEvent(sessionID, number, "/w", "p", "type", id, new(Encoding.UTF8.GetBytes(text)));

    /// <summary>Runs statements beside the store.</summary>
    public static Task ExecuteAsync(PostgresDatabase database, string sql) => ReadAsync(database, sql);

    /// <summary>Reads one value beside the store, as text.</summary>
    public static async Task<string> ReadAsync(PostgresDatabase database, string sql)
    {
        await using var connection = new NpgsqlConnection($"{database.ConnectionString};Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return $"{await command.ExecuteScalarAsync()}";
    }
}
