using System.Text.Json;
using Capstan.Contract;
using Npgsql;
using static Capstan.Engine.Storage.Postgres.PostgresValue;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>The changes of a write to rows of <c>session</c> that are not sent yet: their content, and their leases.</summary>
internal sealed class PostgresSessionChanges
{
    private readonly SortedDictionary<string, Change> _changes = new(StringComparer.Ordinal);

    /// <summary>Replaces a session that is stored, apart from its lease.</summary>
    public void Put(SessionRow session) => Of(session.Info.ID).Row = session;

    /// <summary>Demands a lease.</summary>
    /// <exception cref="LeaseLostException">This write knows already that the session has another.</exception>
    public void CheckLease(string sessionID, SessionLease lease) => ChangeLease(sessionID, lease, lease);

    /// <summary>Demands a lease, and gives the session another.</summary>
    /// <exception cref="LeaseLostException">This write knows already that the session has another.</exception>
    public void ChangeLease(string sessionID, SessionLease from, SessionLease to)
    {
        var change = Of(sessionID);
        if (change.To is not null && change.To != from)
            throw new LeaseLostException(sessionID);
        change.From ??= from;
        change.To = to;
    }

    /// <summary>Hands the changes over.</summary>
    public void MoveTo(PostgresLink link)
    {
        if (_changes.Count == 0)
            return;
        // In the order of their identifiers, so that two writers that meet wait in one direction.
        foreach (var (sessionID, change) in _changes)
        {
            if (change.Row is null)
                link.Add(LeaseAlone(sessionID, change.From!, change.To!));
        }

        var rows = _changes.Values.Where(static change => change.Row is not null).ToArray();
        if (rows.Length > 0)
            link.Add(All(rows));
        _changes.Clear();
    }

    public void Clear() => _changes.Clear();

    /// <summary>Stores a session of which this lane does not know whether it is stored, apart from its lease.</summary>
    public static NpgsqlBatchCommand Insert(SessionRow session) => Statement(
        """
        INSERT INTO session (id, project_id, directory, path, parent_id, title, time_updated, status, event_count, position, data)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (id) DO UPDATE SET project_id = excluded.project_id, directory = excluded.directory, path = excluded.path,
            title = excluded.title, time_updated = excluded.time_updated, status = excluded.status,
            event_count = excluded.event_count, position = excluded.position, data = excluded.data
        """,
        Text(session.Info.ID),
        Text(session.Info.ProjectID),
        Text(session.Info.Directory),
        Text(session.Info.Path),
        Text(session.Info.ParentID),
        Text(session.Info.Title),
        Number(session.Info.Time.Updated),
        Bytes(Status(session)),
        Number(session.EventCount),
        Number(session.Position),
        Bytes(Json(session)));

    private static NpgsqlBatchCommand LeaseAlone(string sessionID, SessionLease from, SessionLease to) => from == to
        ? Statement("CALL check_lease($1, $2, $3)", Text(sessionID), Number(from.Owner), Number(from.Epoch))
        : Statement(
            "CALL change_lease($1, $2, $3, $4, $5)",
            Text(sessionID),
            Number(from.Owner),
            Number(from.Epoch),
            Number(to.Owner),
            Number(to.Epoch));

    private static NpgsqlBatchCommand All(Change[] rows) => Statement(
        "CALL put_sessions($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        Texts(rows.Select(static change => change.Row!.Info.ID)),
        Texts(rows.Select(static change => change.Row!.Info.ProjectID)),
        Texts(rows.Select(static change => change.Row!.Info.Directory)),
        Texts(rows.Select(static change => change.Row!.Info.Path)),
        Texts(rows.Select(static change => change.Row!.Info.Title)),
        Numbers(rows.Select(static change => change.Row!.Info.Time.Updated)),
        ByteArrays(rows.Select(static change => Status(change.Row!))),
        Numbers(rows.Select(static change => change.Row!.EventCount)),
        Numbers(rows.Select(static change => change.Row!.Position)),
        ByteArrays(rows.Select(static change => Json(change.Row!))),
        Flags(rows.Select(static change => change.From is not null)),
        Numbers(rows.Select(static change => change.From?.Owner)),
        Numbers(rows.Select(static change => change.From?.Epoch)),
        Numbers(rows.Select(static change => change.To?.Owner)),
        Numbers(rows.Select(static change => change.To?.Epoch)));

    /// <summary>A session's status as it is stored; null is idle.</summary>
    private static byte[]? Status(SessionRow session) => session.Status is SessionStatus.Idle
        ? null
        : JsonSerializer.SerializeToUtf8Bytes(session.Status, WireJson.Wire.SessionStatus);

    /// <summary>A session as it is stored.</summary>
    private static byte[] Json(SessionRow session) => JsonSerializer.SerializeToUtf8Bytes(session.Info, WireJson.Wire.SessionInfo);

    private Change Of(string sessionID)
    {
        if (!_changes.TryGetValue(sessionID, out var change))
            _changes.Add(sessionID, change = new Change());
        return change;
    }

    private sealed class Change
    {
        public SessionRow? Row { get; set; }

        // The lease that is demanded, and the one that the session has afterwards; null where the write needs none.
        public SessionLease? From { get; set; }

        public SessionLease? To { get; set; }
    }
}
