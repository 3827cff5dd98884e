using System.Buffers;
using Microsoft.Data.Sqlite;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>
/// The event log, as its one writer sees it. Each event stores how many bytes all events up to it have, so that the log can be
/// cut to a number of bytes without adding up the events' sizes.
/// </summary>
internal sealed class SqliteEventLog : IDisposable
{
    /// <summary>
    /// Selects the newest event's sequence number or, where no event is kept, the number before the next event's.
    /// </summary>
    public const string LastSequence = "SELECT coalesce((SELECT max(sequence) FROM event), (SELECT first - 1 FROM event_log))";

    // How many events one write deletes at the most; later writes delete the others.
    private const long LargestTrim = 2000;

    private readonly SqliteConnection _connection;
    private readonly SqliteStatement _add, _addLarge, _remove, _first, _setFirst, _endFrom, _noteDeleted;
    private long _bytes;
    private long _bytesBefore;
    private long _sequence;
    private long _sequenceBefore;

    public SqliteEventLog(SqliteConnection connection)
    {
        _connection = connection;
        _add = new SqliteStatement(
            connection,
            """
            INSERT INTO event (sequence, session_id, session_sequence, directory, project_id, id, type, end_byte, data)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8)
            """,
            9);
        _addLarge = new SqliteStatement(
            connection,
            """
            INSERT INTO event (sequence, session_id, session_sequence, directory, project_id, id, type, end_byte, data)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7, zeroblob($8))
            """,
            9);
        _remove = new SqliteStatement(connection, "DELETE FROM event WHERE sequence < $0", 1);
        _first = new SqliteStatement(connection, "SELECT first FROM event_log", 0);
        _setFirst = new SqliteStatement(connection, "UPDATE event_log SET first = $0", 1);
        _endFrom = new SqliteStatement(connection, "SELECT end_byte FROM event WHERE sequence >= $0 ORDER BY sequence LIMIT 1", 1);
        _noteDeleted = new SqliteStatement(
            connection, "INSERT INTO deleted_session VALUES ($0, $1) ON CONFLICT (id) DO UPDATE SET sequence = $1", 2);
        using var end = new SqliteStatement(connection, "SELECT end_byte FROM event ORDER BY sequence DESC LIMIT 1", 0);
        _bytes = (long?)end.Scalar() ?? 0;
        _sequence = SqliteConnections.ReadNumber(connection, LastSequence);
    }

    /// <summary>Notes the state at the beginning of a write, for <see cref="Undo"/>.</summary>
    public void Begin() => (_bytesBefore, _sequenceBefore) = (_bytes, _sequence);

    /// <summary>Returns to the state at the last <see cref="Begin"/>, because the write is undone.</summary>
    public void Undo() => (_bytes, _sequence) = (_bytesBefore, _sequenceBefore);

    /// <inheritdoc cref="IStoreTransaction.AddEvent"/>
    public long Add(
        string sessionID, long sessionSequence, string directory, string projectID, string type, string id, in ReadOnlySequence<byte> json)
    {
        _bytes += json.Length;
        _sequence++;
        if (SqliteValue.IsLarge(json))
        {
            _addLarge.Run(_sequence, sessionID, sessionSequence, directory, projectID, id, type, _bytes, json.Length);
            SqliteValue.Fill(_connection, "event", _sequence, json);
        }
        else
        {
            _add.Run(_sequence, sessionID, sessionSequence, directory, projectID, id, type, _bytes, SqliteValue.Bytes(json));
        }

        return _sequence;
    }

    /// <summary>
    /// Notes that a session is deleted: readers skip its events before the
    /// number <paramref name="before"/>, and upkeep erases them.
    /// </summary>
    public void Delete(string sessionID, long before) => _noteDeleted.Run(sessionID, before);

    /// <inheritdoc cref="IStoreTransaction.TrimEvents"/>
    /// <returns>Whether any events were deleted.</returns>
    public bool Trim(long last, long count, long bytes)
    {
        var first = (long)_first.Scalar()!;
        var (low, high) = (Math.Max(first, last - count + 1), last);
        // The byte counts grow with the sequence numbers, so the oldest event that may stay is found by bisection.
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (IsKept(middle))
                high = middle;
            else
                low = middle + 1;
        }

        low = Math.Min(low, first + LargestTrim);
        if (low <= first)
            return false;
        _remove.Run(low);
        _setFirst.Run(low);
        return true;

        bool IsKept(long sequence) => (long?)_endFrom.Scalar(sequence) is not { } end || end > _bytes - bytes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_add, _addLarge, _remove, _first, _setFirst, _endFrom, _noteDeleted])
            statement.Dispose();
    }
}
