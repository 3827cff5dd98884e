using Microsoft.Data.Sqlite;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>A connection that only reads, with its prepared statements. One thread borrows a reader at a time.</summary>
/// <param name="connection">An open connection, which the reader then owns.</param>
internal sealed class SqliteReader(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> _statements = [];

    /// <summary>Runs a query whose parameters are <c>$0</c>, <c>$1</c>, ….</summary>
    public SqliteDataReader Query(string sql, params ReadOnlySpan<object?> values)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements[sql] = statement = new SqliteStatement(connection, sql, values.Length);
        return statement.Query(values);
    }

    /// <summary>
    /// Makes all queries until <see cref="EndSnapshot"/> see the database as of one moment. A reader whose query throws before
    /// <see cref="EndSnapshot"/> is disposed, which ends its snapshot, too.
    /// </summary>
    public void BeginSnapshot() => Run("BEGIN");

    /// <summary>Ends the snapshot that <see cref="BeginSnapshot"/> began.</summary>
    public void EndSnapshot() => Run("COMMIT");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        connection.Dispose();
    }

    private void Run(string sql) => Query(sql).Dispose();
}
