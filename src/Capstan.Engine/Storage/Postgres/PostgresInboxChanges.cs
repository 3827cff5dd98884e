using Npgsql;
using static Capstan.Engine.Storage.Postgres.PostgresValue;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// The changes of a write to rows of <c>inbox</c> that are not sent yet. Rows are named by their places, which are the key of the
/// table: work comes and goes, and a look through a session's rows would meet all that have gone lately.
/// </summary>
internal sealed class PostgresInboxChanges
{
    private readonly OrderedDictionary<(string SessionID, long Position), WorkRow> _added = [];
    private readonly Dictionary<(string SessionID, long Position), string> _taken = [];
    private readonly List<(string SessionID, long Position)> _removed = [];

    public void Add(WorkRow row) => _added.Add((row.SessionID, row.Position), row);

    /// <summary>Notes which turn has taken work up.</summary>
    public void Take(WorkRow row, string turnID)
    {
        var key = (row.SessionID, row.Position);
        if (_added.TryGetValue(key, out var added))
            _added[key] = added with { TurnID = turnID };
        else
            _taken[key] = turnID;
    }

    public void Remove(WorkRow row)
    {
        var key = (row.SessionID, row.Position);
        _taken.Remove(key);
        if (!_added.Remove(key))
            _removed.Add(key);
    }

    /// <summary>Hands the changes over.</summary>
    public void MoveTo(PostgresLink link)
    {
        if (_removed.Count > 0)
            link.Add(Delete());
        if (_taken.Count > 0)
            link.Add(Update());
        if (_added.Count > 0)
            link.Add(Insert());
        Clear();
    }

    public void Clear()
    {
        _added.Clear();
        _taken.Clear();
        _removed.Clear();
    }

    private NpgsqlBatchCommand Insert() => Statement(
        """
        INSERT INTO inbox (session_id, id, kind, position, delivery, turn_id, resumptions, payload)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        Texts(_added.Values.Select(static row => row.SessionID)),
        Texts(_added.Values.Select(static row => row.ID)),
        Texts(_added.Values.Select(static row => row.Kind)),
        Numbers(_added.Values.Select(static row => row.Position)),
        Integers(_added.Values.Select(static row => (int)row.Delivery)),
        Texts(_added.Values.Select(static row => row.TurnID)),
        Integers(_added.Values.Select(static row => row.Resumptions)),
        ByteArrays(_added.Values.Select(static row => row.Payload?.ToArray())));

    private NpgsqlBatchCommand Update() => Statement(
        """
        UPDATE inbox SET turn_id = taken.turn_id FROM unnest($1, $2, $3) AS taken (session_id, position, turn_id)
        WHERE inbox.session_id = taken.session_id AND inbox.position = taken.position
        """,
        Texts(_taken.Keys.Select(static key => key.SessionID)),
        Numbers(_taken.Keys.Select(static key => key.Position)),
        Texts(_taken.Values));

    private NpgsqlBatchCommand Delete() => Statement(
        """
        DELETE FROM inbox USING unnest($1, $2) AS removed (session_id, position)
        WHERE inbox.session_id = removed.session_id AND inbox.position = removed.position
        """,
        Texts(_removed.Select(static key => key.SessionID)),
        Numbers(_removed.Select(static key => key.Position)));
}
