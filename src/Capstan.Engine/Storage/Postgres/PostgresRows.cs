using System.Buffers;
using Capstan.Engine.Events;
using Npgsql;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>Turns rows of the database into the store's row types.</summary>
internal static class PostgresRows
{
    public const string EventColumns = "lane, n, session_id, session_sequence, directory, project_id, id, type, data";

    public static PublishedEvent Event(NpgsqlDataReader row) => new(
        row.GetInt64(1),
        row.IsDBNull(2) ? null : row.GetString(2),
        row.GetInt64(3),
        row.GetString(4),
        row.GetString(5),
        row.GetString(6),
        row.GetString(7),
        new ReadOnlySequence<byte>(StoredRows.Bytes(row, 8)))
    {
        Lane = row.GetInt16(0),
    };

    /// <summary>Reads the rows of the present result, and moves to the next result.</summary>
    public static List<T> All<T>(NpgsqlDataReader rows, Func<NpgsqlDataReader, T> read)
    {
        var all = new List<T>();
        while (rows.Read())
            all.Add(read(rows));
        rows.NextResult();
        return all;
    }

    /// <inheritdoc cref="All"/>
    public static async ValueTask<List<T>> AllAsync<T>(
        NpgsqlDataReader rows, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        var all = new List<T>();
        while (await rows.ReadAsync(cancellationToken))
            all.Add(read(rows));
        await rows.NextResultAsync(cancellationToken);
        return all;
    }
}
