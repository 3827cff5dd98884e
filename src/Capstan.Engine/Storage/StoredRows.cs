using System.Data.Common;
using System.Text.Json;
using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>
/// Turns rows of a database into the store's row types. The tables of all stores have these columns, and each list of columns
/// stands beside the code that reads them in its order.
/// </summary>
internal static class StoredRows
{
    public const string SessionColumns = "data, status, event_count, position, lease_owner, lease_epoch";
    public const string MessageColumns = "id, session_id, position, context, fingerprint, data, outcome";
    public const string PartColumns = "message_id, id, data";
    public const string AppendColumns = "message_id, part_id, position, data";
    public const string InboxColumns = "session_id, id, kind, position, delivery, turn_id, resumptions, payload";
    public const string PermissionColumns = "id, session_id, directory, data, reply, feedback";
    public const string ApprovalColumns = "id, directory, permission, pattern, time_created";

    public static SessionRow Session(DbDataReader row) => new(
        JsonSerializer.Deserialize(Bytes(row, 0), WireJson.Wire.SessionInfo)!,
        row.IsDBNull(1) ? SessionStatus.IsIdle : JsonSerializer.Deserialize(Bytes(row, 1), WireJson.Wire.SessionStatus)!,
        row.GetInt64(2))
    {
        Position = row.GetInt64(3),
        Lease = new SessionLease(row.IsDBNull(4) ? null : row.GetInt64(4), row.GetInt64(5)),
    };

    /// <summary>A message whose parts are to be added to its list of parts.</summary>
    public static MessageRow Message(DbDataReader row) => Message(row, new List<ReadOnlyMemory<byte>>());

    public static MessageRow Message(DbDataReader row, IReadOnlyList<ReadOnlyMemory<byte>> parts) => new(
        row.GetString(0),
        row.GetString(1),
        row.GetInt64(2),
        row.IsDBNull(3) ? null : row.GetInt64(3),
        row.IsDBNull(4) ? null : row.GetString(4),
        Bytes(row, 5),
        parts,
        row.IsDBNull(6) ? null : (StepOutcome)row.GetInt32(6));

    public static StoredPart Part(DbDataReader row) => new(row.GetString(0), row.GetString(1), Bytes(row, 2));

    public static PartAppend Append(DbDataReader row) => new(row.GetString(0), row.GetString(1), row.GetInt32(2), Bytes(row, 3));

    public static WorkRow Work(DbDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3), (Delivery)row.GetInt32(4))
        {
            TurnID = row.IsDBNull(5) ? null : row.GetString(5),
            Resumptions = row.GetInt32(6),
            Payload = row.IsDBNull(7) ? (ReadOnlyMemory<byte>?)null : Bytes(row, 7),
        };

    public static ApprovalRow Approval(DbDataReader row) => new(
        row.GetString(0),
        row.GetString(1),
        new PermissionRule(row.GetString(2), row.GetString(3), PermissionAction.Allow),
        row.GetInt64(4));

    public static PermissionRow Permission(DbDataReader row) =>
        new(
            row.GetString(0),
            row.GetString(1),
            row.GetString(2),
            Bytes(row, 3),
            row.IsDBNull(4)
                ? null
                : new PermissionAnswer((PermissionReply)row.GetInt32(4), row.IsDBNull(5) ? null : row.GetString(5)));

    public static byte[] Bytes(DbDataReader row, int column) => row.GetFieldValue<byte[]>(column);
}
