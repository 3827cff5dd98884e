using System.Buffers;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Events;
using Npgsql;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>Turns rows of the database into the store's row types.</summary>
internal static class PostgresRows
{
    public const string SessionColumns = "data, status, event_count, position, lease_owner, lease_epoch";
    public const string MessageColumns = "id, session_id, position, context, fingerprint, data, outcome";
    public const string InboxColumns = "session_id, id, kind, position, delivery, turn_id, resumptions, payload";
    public const string EventColumns = "lane, n, session_id, session_sequence, directory, project_id, id, type, data";
    public const string PermissionColumns = "id, session_id, directory, data, reply, feedback";
    public const string ApprovalColumns = "id, directory, permission, pattern, time_created";

    public static SessionRow Session(NpgsqlDataReader row) => new(
        JsonSerializer.Deserialize(Bytes(row, 0), WireJson.Wire.SessionInfo)!,
        row.IsDBNull(1) ? SessionStatus.IsIdle : JsonSerializer.Deserialize(Bytes(row, 1), WireJson.Wire.SessionStatus)!,
        row.GetInt64(2))
    {
        Position = row.GetInt64(3),
        Lease = new SessionLease(row.IsDBNull(4) ? null : row.GetInt64(4), row.GetInt64(5)),
    };

    public static MessageRow Message(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetInt64(2),
        row.IsDBNull(3) ? null : row.GetInt64(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        Bytes(row, 5),
        new List<ReadOnlyMemory<byte>>(),
        row.IsDBNull(6) ? null : (StepOutcome)row.GetInt32(6));

    public static StoredPart Part(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), Bytes(row, 2));

    public static PartAppend Append(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1), row.GetInt32(2), Bytes(row, 3));

    public static WorkRow Work(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), (Delivery)row.GetInt32(4))
        {
            TurnID = row.IsDBNull(5) ? null : row.GetString(5),
            Resumptions = row.GetInt32(6),
            Payload = row.IsDBNull(7) ? (ReadOnlyMemory<byte>?)null : Bytes(row, 7),
        };

    public static ApprovalRow Approval(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        new PermissionRule(row.GetString(2), row.GetString(3), PermissionAction.Allow),
        row.GetInt64(4));

    public static PermissionRow Permission(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetString(2),
        Bytes(row, 3),
        row.IsDBNull(4) ? null : new PermissionAnswer((PermissionReply)row.GetInt32(4), row.IsDBNull(5) ? null : row.GetString(5)));

    public static PublishedEvent Event(NpgsqlDataReader row) => new(
        row.GetInt64(1),
        row.IsDBNull(2) ? null : row.GetString(2),
        row.GetInt64(3),
        row.GetString(4),
        row.GetString(5),
        row.GetString(6),
        row.GetString(7),
        new ReadOnlySequence<byte>(Bytes(row, 8)))
    {
        Lane = row.GetInt16(0),
    };

    public static byte[] Bytes(NpgsqlDataReader row, int column) => row.GetFieldValue<byte[]>(column);

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
