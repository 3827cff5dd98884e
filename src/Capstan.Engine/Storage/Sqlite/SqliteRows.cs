using System.Buffers;
using Capstan.Engine.Events;
using Microsoft.Data.Sqlite;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>Turns rows of the database into the store's row types.</summary>
internal static class SqliteRows
{
    // Looks the parts' positions up in the index first: sorting the rows themselves would copy their data.
    public const string PartsOfMessage =
        $"SELECT {StoredRows.PartColumns} FROM part WHERE position IN (SELECT position FROM part WHERE message_id = $0) ORDER BY position";

    public const string EventColumns = "sequence, session_id, session_sequence, directory, project_id, id, type, data";

    public static PublishedEvent Event(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.IsDBNull(1) ? null : row.GetString(1),
        row.GetInt64(2),
        row.GetString(3),
        row.GetString(4),
        row.GetString(5),
        row.GetString(6),
        new ReadOnlySequence<byte>(StoredRows.Bytes(row, 7)));

    public static List<T> All<T>(SqliteDataReader rows, Func<SqliteDataReader, T> read)
    {
        using (rows)
        {
            var all = new List<T>();
            while (rows.Read())
                all.Add(read(rows));
            return all;
        }
    }

    public static T? First<T>(SqliteDataReader rows, Func<SqliteDataReader, T> read)
        where T : class
    {
        using (rows)
            return rows.Read() ? read(rows) : null;
    }
}
