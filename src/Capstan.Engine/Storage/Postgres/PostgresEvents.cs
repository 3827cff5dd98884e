using System.Buffers;
using Npgsql;
using static Capstan.Engine.Storage.Postgres.PostgresValue;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// The events of a write that are not sent yet. They make up most of the rows of a write, and no other statement of a write looks at
/// them, so they are sent together: several rows in one statement cost the server less than a statement each.
/// </summary>
internal sealed class PostgresEvents(int lane)
{
    // In bytes: a longer event is sent alone, so that no statement becomes very long.
    private const int LongEvent = 64 * 1024;

    private readonly List<(long Number, string SessionID, long Sequence, string Directory, string ProjectID, string ID, string Type, long End, byte[] Json)>
        _rows = [];

    /// <summary>Adds an event.</summary>
    /// <param name="link">Takes the events before a long one, and that one.</param>
    /// <param name="numbers">The event's number, and the bytes up to its end.</param>
    /// <param name="sessionID">The event's session.</param>
    /// <param name="sessionSequence">The event's number in its session.</param>
    /// <param name="directory">The workspace.</param>
    /// <param name="projectID">The project.</param>
    /// <param name="type">The event's type.</param>
    /// <param name="id">The event's identifier.</param>
    /// <param name="json">The event.</param>
    public void Add(
        PostgresLink link,
        PostgresNumbers numbers,
        string sessionID,
        long sessionSequence,
        string directory,
        string projectID,
        string type,
        string id,
        in ReadOnlySequence<byte> json)
    {
        if (json.Length >= LongEvent)
            MoveTo(link);
        _rows.Add((numbers.Last, sessionID, sessionSequence, directory, projectID, id, type, numbers.Bytes, Array(json)));
        if (json.Length >= LongEvent)
            MoveTo(link);
    }

    /// <summary>Hands the events over, in their order.</summary>
    public void MoveTo(PostgresLink link)
    {
        if (_rows.Count == 0)
            return;
        link.Add(_rows.Count == 1 ? One() : All());
        _rows.Clear();
    }

    public void Clear() => _rows.Clear();

    private NpgsqlBatchCommand One()
    {
        var row = _rows[0];
        return Statement(
            """
            INSERT INTO event (lane, n, session_id, session_sequence, directory, project_id, id, type, end_byte, data)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            Small(lane),
            Number(row.Number),
            Text(row.SessionID),
            Number(row.Sequence),
            Text(row.Directory),
            Text(row.ProjectID),
            Text(row.ID),
            Text(row.Type),
            Number(row.End),
            Bytes(row.Json));
    }

    private NpgsqlBatchCommand All() => Statement(
        """
        INSERT INTO event (lane, n, session_id, session_sequence, directory, project_id, id, type, end_byte, data)
        SELECT $1, * FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        Small(lane),
        Numbers(_rows.Select(static row => row.Number)),
        Texts(_rows.Select(static row => row.SessionID)),
        Numbers(_rows.Select(static row => row.Sequence)),
        Texts(_rows.Select(static row => row.Directory)),
        Texts(_rows.Select(static row => row.ProjectID)),
        Texts(_rows.Select(static row => row.ID)),
        Texts(_rows.Select(static row => row.Type)),
        Numbers(_rows.Select(static row => row.End)),
        ByteArrays(_rows.Select(static row => row.Json)));
}
