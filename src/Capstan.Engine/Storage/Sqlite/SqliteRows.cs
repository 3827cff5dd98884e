using System.Buffers;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Events;
using Microsoft.Data.Sqlite;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>Turns rows of the database into the store's row types.</summary>
internal static class SqliteRows
{
    public const string SessionColumns = "data, status, event_count, position, lease_owner, lease_epoch";
    public const string MessageColumns = "id, session_id, position, context, fingerprint, data, outcome";
    public const string PartColumns = "message_id, id, data";
    // Looks the parts' positions up in the index first: sorting the rows themselves would copy their data.
    public const string PartsOfMessage =
        $"SELECT {PartColumns} FROM part WHERE position IN (SELECT position FROM part WHERE message_id = $0) ORDER BY position";

    public const string AppendColumns = "message_id, part_id, position, data";
    public const string InboxColumns = "session_id, id, kind, position, delivery, turn_id, resumptions, payload";
    public const string EventColumns = "sequence, session_id, session_sequence, directory, project_id, id, type, data";
    public const string PermissionColumns = "id, session_id, directory, data, reply, feedback";
    public const string ApprovalColumns = "id, directory, permission, pattern, time_created";

    public static SessionRow Session(SqliteDataReader row) => new(
        JsonSerializer.Deserialize(Bytes(row, 0), WireJson.Wire.SessionInfo)!,
        row.IsDBNull(1) ? SessionStatus.IsIdle : JsonSerializer.Deserialize(Bytes(row, 1), WireJson.Wire.SessionStatus)!,
        row.GetInt64(2))
    {
        Position = row.GetInt64(3),
        Lease = new SessionLease(row.IsDBNull(4) ? null : row.GetInt64(4), row.GetInt64(5)),
    };

    public static MessageRow Message(SqliteDataReader row, IReadOnlyList<ReadOnlyMemory<byte>> parts) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetInt64(2),
        row.IsDBNull(3) ? null : row.GetInt64(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        Bytes(row, 5),
        parts,
        row.IsDBNull(6) ? null : (StepOutcome)row.GetInt32(6));

    public static StoredPart Part(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), Bytes(row, 2));

    public static PartAppend Append(SqliteDataReader row) => new(row.GetString(0), row.GetString(1), row.GetInt32(2), Bytes(row, 3));

    public static WorkRow Work(SqliteDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), (Delivery)row.GetInt32(4))
        {
            TurnID = row.IsDBNull(5) ? null : row.GetString(5),
            Resumptions = row.GetInt32(6),
            Payload = row.IsDBNull(7) ? (ReadOnlyMemory<byte>?)null : Bytes(row, 7),
        };

    public static ApprovalRow Approval(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        new PermissionRule(row.GetString(2), row.GetString(3), PermissionAction.Allow),
        row.GetInt64(4));

    public static PermissionRow Permission(SqliteDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            Bytes(row, 3),
            row.IsDBNull(4)
                ? null
                : new PermissionAnswer((PermissionReply)row.GetInt32(4), row.IsDBNull(5) ? null : row.GetString(5)));

    public static PublishedEvent Event(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.IsDBNull(1) ? null : row.GetString(1),
        row.GetInt64(2),
        row.GetString(3),
        row.GetString(4),
        row.GetString(5),
        row.GetString(6),
        new ReadOnlySequence<byte>(Bytes(row, 7)));

    public static byte[] Bytes(SqliteDataReader row, int column) => row.GetFieldValue<byte[]>(column);

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
