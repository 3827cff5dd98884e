using Microsoft.Data.Sqlite;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>Opens connections to one database file with the settings that this store relies on.</summary>
internal static class SqliteConnections
{
    /// <summary>Opens the one connection that writes.</summary>
    public static SqliteConnection OpenWriter(string path)
    {
        var connection = Open(path, SqliteOpenMode.ReadWriteCreate);
        // This must be set before the first table is made, so that free pages can be given back in
        // steps. In an older database the setting takes effect with the rewrite that SqliteUpkeep does
        // once. Where the setting holds already, setting it again would be a needless write.
        if (ReadNumber(connection, "PRAGMA auto_vacuum") == 0)
            Execute(connection, "PRAGMA auto_vacuum = INCREMENTAL");
        // WAL lets readers go on while the journal writes. FULL syncs the write-ahead log
        // before a commit returns, so that accepted work is durable (R1).
        Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000; "
            + "PRAGMA cache_size = -4000; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 16777216");
        return connection;
    }

    /// <summary>
    /// Makes SQLite overwrite whatever is deleted from now on, so that texts of deleted sessions do
    /// not stay in free pages. Call it after the migrations: these may drop large tables, and the
    /// rewrite that follows such a migration leaves nothing of them behind either.
    /// </summary>
    public static void OverwriteDeleted(SqliteConnection connection) => Execute(connection, "PRAGMA secure_delete = ON");

    /// <summary>Runs a query that returns one number, such as a setting of the database.</summary>
    public static long ReadNumber(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Opens a connection that only reads.</summary>
    public static SqliteConnection OpenReader(string path)
    {
        var connection = Open(path, SqliteOpenMode.ReadOnly);
        Execute(connection, "PRAGMA query_only = ON; PRAGMA cache_size = -1000; PRAGMA temp_store = MEMORY");
        return connection;
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            DefaultTimeout = 5,
        }.ToString());
        connection.Open();
        return connection;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
