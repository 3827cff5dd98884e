using System.Buffers;
using System.Text.Json;
using Capstan.Contract;
using Microsoft.Data.Sqlite;

namespace Capstan.Engine.Storage.Sqlite;

/// <summary>
/// The one connection that writes, its statements, and the write in progress. Only the journal's thread uses it.
/// </summary>
internal sealed class SqliteWriter : IStoreTransaction
{
    private readonly SqliteConnection _connection;
    private readonly List<SqliteStatement> _statements = [];
    private readonly SqliteStatement _begin, _commit, _rollback, _epoch;
    private readonly SqliteStatement _findSession, _putSession, _findChildren, _findLease, _setLease;
    private readonly SqliteStatement[] _deleteSession;
    private readonly SqliteStatement _findMessage, _addMessage, _updateMessage, _endStep, _setContext, _openMessages, _lastMessage;
    private readonly SqliteStatement _findParts, _findPart, _putPart, _addLargePart, _removePart;
    private readonly SqliteStatement _appendPart, _findAppends, _removeAppends, _openAppends;
    private readonly SqliteStatement _addInbox, _findInbox, _takeInbox, _countResumption, _removeInbox;
    private readonly SqliteStatement _addPermission, _answerPermission, _removePermission, _findPermissions;
    private readonly SqliteStatement _addApproval, _hasApproval, _findApprovals, _removeApproval, _beginEffect, _endEffect, _hasEffect;
    private readonly SqliteStatement _removeMessage, _removeParts;
    private readonly SqliteStatement _putTodos, _putProject, _lastRow;
    private readonly SqliteEventLog _events;
    private readonly long _ownEpoch;
    // How many sessions are remembered at the most.
    private const int RememberedSessions = 2048;
    // The parts that have appended text. As long as there are none, writes need not look for appended text.
    private readonly HashSet<string> _growing = [];
    private bool _isGrowingKnown;
    // The sessions as they are stored, and as the write in progress has changed them: nobody else writes to the file.
    private readonly Dictionary<string, SessionRow> _sessions = [];
    private long _partPosition;
    private bool _isOpen;

    public SqliteWriter(SqliteConnection connection)
    {
        _connection = connection;
        _begin = Prepare("BEGIN IMMEDIATE", 0);
        _commit = Prepare("COMMIT", 0);
        _rollback = Prepare("ROLLBACK", 0);
        _epoch = Prepare("SELECT epoch FROM owner", 0);
        _findSession = Prepare($"SELECT {StoredRows.SessionColumns} FROM session WHERE id = $0", 1);
        _putSession = Prepare(
            """
            INSERT INTO session (id, project_id, directory, path, parent_id, title, time_updated, status, event_count, position, data)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (id) DO UPDATE SET project_id = $1, directory = $2, path = $3, title = $5, time_updated = $6, status = $7,
                event_count = $8, position = $9, data = $10
            """, 11);
        _findChildren = Prepare("SELECT id FROM session WHERE parent_id = $0 ORDER BY id DESC", 1);
        _findLease = Prepare("SELECT 1 FROM session WHERE id = $0 AND lease_owner IS $1 AND lease_epoch = $2", 3);
        _setLease = Prepare(
            "UPDATE session SET lease_owner = $3, lease_epoch = $4 WHERE id = $0 AND lease_owner IS $1 AND lease_epoch = $2", 5);
        _deleteSession =
        [
            Prepare("DELETE FROM part WHERE session_id = $0", 1),
            Prepare("DELETE FROM part_append WHERE session_id = $0", 1),
            Prepare("DELETE FROM message WHERE session_id = $0", 1),
            Prepare("DELETE FROM inbox WHERE session_id = $0", 1),
            Prepare("DELETE FROM permission WHERE session_id = $0", 1),
            Prepare("DELETE FROM effect WHERE session_id = $0 AND time_finished IS NOT NULL", 1),
            Prepare("DELETE FROM todo WHERE session_id = $0", 1),
            Prepare("DELETE FROM session WHERE id = $0", 1),
        ];
        _findMessage = Prepare($"SELECT {StoredRows.MessageColumns} FROM message WHERE id = $0", 1);
        _addMessage = Prepare(
            """
            INSERT INTO message (position, id, session_id, context, is_open, fingerprint, data)
            VALUES ($0, $1, $2, $3, $4, $5, $6)
            """, 7);
        _updateMessage = Prepare("UPDATE message SET is_open = $1, data = $2 WHERE id = $0", 3);
        _endStep = Prepare("UPDATE message SET is_open = 0, outcome = $1, data = $2 WHERE id = $0", 3);
        _setContext = Prepare("UPDATE message SET context = $1 WHERE id = $0", 2);
        _openMessages = Prepare(
            $"SELECT {StoredRows.MessageColumns} FROM message WHERE session_id = $0 AND is_open = 1 ORDER BY position", 1);
        _lastMessage = Prepare(
            $"SELECT {StoredRows.MessageColumns} FROM message WHERE session_id = $0 AND context < $1 ORDER BY context DESC LIMIT 1", 2);
        _findParts = Prepare(SqliteRows.PartsOfMessage, 1);
        _findPart = Prepare("SELECT position FROM part WHERE message_id = $0 AND id = $1", 2);
        _putPart = Prepare(
            """
            INSERT INTO part (position, session_id, message_id, id, data) VALUES ($0, $1, $2, $3, $4)
            ON CONFLICT (message_id, id) DO UPDATE SET data = $4
            """, 5);
        _addLargePart = Prepare(
            "INSERT INTO part (position, session_id, message_id, id, data) VALUES ($0, $1, $2, $3, zeroblob($4))", 5);
        _appendPart = Prepare(
            "INSERT INTO part_append (session_id, message_id, part_id, position, data) VALUES ($0, $1, $2, $3, $4)", 5);
        _findAppends = Prepare($"SELECT {StoredRows.AppendColumns} FROM part_append WHERE message_id = $0 ORDER BY id", 1);
        _removeAppends = Prepare("DELETE FROM part_append WHERE part_id = $0", 1);
        _openAppends = Prepare("SELECT DISTINCT part_id FROM part_append", 0);
        _removePart = Prepare("DELETE FROM part WHERE message_id = $0 AND id = $1", 2);
        _addInbox = Prepare(
            """
            INSERT INTO inbox (session_id, id, kind, position, delivery, turn_id, resumptions, payload)
            VALUES ($0, $1, $2, $3, $4, $5, $6, $7)
            """, 8);
        _findInbox = Prepare($"SELECT {StoredRows.InboxColumns} FROM inbox WHERE session_id = $0 ORDER BY position", 1);
        _takeInbox = Prepare("UPDATE inbox SET turn_id = $2 WHERE session_id = $0 AND id = $1", 3);
        _countResumption = Prepare("UPDATE inbox SET resumptions = resumptions + 1 WHERE session_id = $0 AND turn_id = $1", 2);
        _removeInbox = Prepare("DELETE FROM inbox WHERE session_id = $0 AND id = $1", 2);
        _addPermission = Prepare("INSERT INTO permission (id, session_id, directory, data) VALUES ($0, $1, $2, $3)", 4);
        _answerPermission = Prepare("UPDATE permission SET reply = $1, feedback = $2 WHERE id = $0 AND reply IS NULL", 3);
        _addApproval = Prepare("INSERT OR IGNORE INTO approval VALUES ($0, $1, $2, $3, $4)", 5);
        _hasApproval = Prepare("SELECT 1 FROM approval WHERE id = $0", 1);
        _findApprovals = Prepare($"SELECT {StoredRows.ApprovalColumns} FROM approval WHERE directory = $0 ORDER BY id", 1);
        _removeApproval = Prepare("DELETE FROM approval WHERE id = $0", 1);
        _beginEffect = Prepare(
            "INSERT INTO effect VALUES ($1, $0, $2, NULL) ON CONFLICT (part_id) DO UPDATE SET time_started = $2, time_finished = NULL", 3);
        _endEffect = Prepare("UPDATE effect SET time_finished = $1 WHERE part_id = $0", 2);
        _hasEffect = Prepare("SELECT 1 FROM effect WHERE part_id = $0", 1);
        _removeMessage = Prepare("DELETE FROM message WHERE id = $0", 1);
        _removeParts = Prepare("DELETE FROM part WHERE message_id = $0", 1);
        _removePermission = Prepare("DELETE FROM permission WHERE id = $0", 1);
        _findPermissions = Prepare(
            $"SELECT {StoredRows.PermissionColumns} FROM permission WHERE session_id = $0 ORDER BY id", 1);
        _putTodos = Prepare("INSERT INTO todo VALUES ($0, $1) ON CONFLICT (session_id) DO UPDATE SET data = $1", 2);
        _putProject = Prepare("INSERT INTO project VALUES ($0, $1) ON CONFLICT (id) DO UPDATE SET data = $1", 2);
        _lastRow = Prepare("SELECT last_insert_rowid()", 0);
        _events = new SqliteEventLog(connection);

        using (var claim = Prepare("UPDATE owner SET epoch = epoch + 1 RETURNING epoch", 0))
            _ownEpoch = (long)claim.Scalar()!;
        using (var last = Prepare("SELECT coalesce(max(position), 0) FROM part", 0))
            _partPosition = (long)last.Scalar()!;
        ReadGrowing();
    }

    public long Epoch => _ownEpoch;

    /// <summary>Whether a session was deleted since this property was last set to false.</summary>
    public bool HasDeleted { get; set; }

    /// <summary>Whether many pages may have become free since this property was last set to false.</summary>
    public bool HasFreed { get; set; } = true;

    public void Begin()
    {
        if (_sessions.Count > RememberedSessions)
            _sessions.Clear();
        _begin.Run();
        _isOpen = true;
        _events.Begin();
        try
        {
            var current = (long)_epoch.Scalar()!;
            if (current != _ownEpoch)
                throw new StoreFencedException(_ownEpoch, current);
            if (!_isGrowingKnown)
                ReadGrowing();
        }
        catch
        {
            // The caller does not have the transaction yet and cannot end it,
            // and while it is open no other transaction can begin.
            Dispose();
            throw;
        }
    }

    public void Commit()
    {
        _commit.Run();
        _isOpen = false;
    }

    /// <summary>Undoes the write in progress, unless it was committed.</summary>
    public void Dispose()
    {
        if (!_isOpen)
            return;
        _isOpen = false;
        _sessions.Clear();
        _events.Undo();
        // The parts are read again when the next write begins: reading them here could fail and hide the original failure.
        _isGrowingKnown = false;
        // SQLite has already undone the write after some failures, of the disk above
        // all. A second rollback would fail and hide the original failure.
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            _rollback.Run();
    }

    public SessionRow? FindSession(string sessionID)
    {
        if (_sessions.TryGetValue(sessionID, out var known))
            return known;
        var session = SqliteRows.First(_findSession.Query(sessionID), StoredRows.Session);
        if (session is not null)
            _sessions[sessionID] = session;
        return session;
    }

    public void PutSession(SessionRow session)
    {
        var info = session.Info;
        // The lease is not the caller's to change.
        if (_sessions.TryGetValue(info.ID, out var known))
            _sessions[info.ID] = session with { Lease = known.Lease };
        _putSession.Run(
            info.ID,
            info.ProjectID,
            info.Directory,
            info.Path,
            info.ParentID,
            info.Title,
            info.Time.Updated,
            session.Status is SessionStatus.Idle ? null : JsonSerializer.SerializeToUtf8Bytes(session.Status, WireJson.Wire.SessionStatus),
            session.EventCount,
            session.Position,
            JsonSerializer.SerializeToUtf8Bytes(info, WireJson.Wire.SessionInfo));
    }

    public IReadOnlyList<string> FindChildren(string sessionID) =>
        SqliteRows.All(_findChildren.Query(sessionID), static row => row.GetString(0));

    public void ChangeLease(string sessionID, SessionLease from, SessionLease to)
    {
        if (_setLease.Run(sessionID, from.Owner, from.Epoch, to.Owner, to.Epoch) == 0)
            throw new LeaseLostException(sessionID);
        if (_sessions.TryGetValue(sessionID, out var known))
            _sessions[sessionID] = known with { Lease = to };
    }

    public void CheckLease(string sessionID, SessionLease lease)
    {
        if (_findLease.Scalar(sessionID, lease.Owner, lease.Epoch) is null)
            throw new LeaseLostException(sessionID);
    }

    public void DeleteSession(string sessionID, long lastEvent)
    {
        foreach (var statement in _deleteSession)
            statement.Run(sessionID);
        _sessions.Remove(sessionID);
        _events.Delete(sessionID, lastEvent);
        HasDeleted = true;
    }

    public MessageRow? FindMessage(string messageID)
    {
        var parts = FindParts(messageID);
        return SqliteRows.First(_findMessage.Query(messageID), row => StoredRows.Message(row, parts));
    }

    public void AddMessage(
        string sessionID, string messageID, bool isOpen, long position, long? context, string? fingerprint, byte[] info) =>
        _addMessage.Run(position, messageID, sessionID, context, isOpen ? 1 : 0, fingerprint, info);

    public void UpdateMessage(string sessionID, string messageID, bool isOpen, byte[] info) =>
        _updateMessage.Run(messageID, isOpen ? 1 : 0, info);

    public void EndStep(string sessionID, string messageID, StepOutcome outcome, byte[] info) =>
        _endStep.Run(messageID, (int)outcome, info);

    public void RemoveMessage(string sessionID, string messageID)
    {
        foreach (var part in _growing.Count == 0 ? [] : SqliteRows.All(_findAppends.Query(messageID), StoredRows.Append))
            RemoveAppends(part.PartID);
        _removeParts.Run(messageID);
        _removeMessage.Run(messageID);
    }

    public void SetContext(string sessionID, string messageID, long context) => _setContext.Run(messageID, context);

    public void PutPart(string sessionID, string messageID, string partID, ReadOnlySequence<byte> part)
    {
        RemoveAppends(partID);
        if (!SqliteValue.IsLarge(part))
        {
            _putPart.Run(++_partPosition, sessionID, messageID, partID, SqliteValue.Bytes(part));
            return;
        }

        var position = _findPart.Scalar(messageID, partID) ?? ++_partPosition;
        _removePart.Run(messageID, partID);
        _addLargePart.Run(position, sessionID, messageID, partID, part.Length);
        SqliteValue.Fill(_connection, "part", (long)_lastRow.Scalar()!, part);
    }

    public void AppendPart(string sessionID, string messageID, string partID, int position, ReadOnlySequence<byte> text)
    {
        _growing.Add(partID);
        _appendPart.Run(sessionID, messageID, partID, position, SqliteValue.Bytes(text));
    }

    public void RemovePart(string sessionID, string messageID, string partID)
    {
        RemoveAppends(partID);
        _removePart.Run(messageID, partID);
    }

    public IReadOnlyList<MessageRow> FindOpenMessages(string sessionID) =>
        SqliteRows.All(_openMessages.Query(sessionID), static row => StoredRows.Message(row, []))
            .ConvertAll(message => message with { Parts = FindParts(message.ID) });

    public MessageRow? FindLastMessage(string sessionID, long before = long.MaxValue) =>
        SqliteRows.First(_lastMessage.Query(sessionID, before), static row => StoredRows.Message(row, [])) is { } message
            ? message with { Parts = FindParts(message.ID) }
            : null;

    public void AddInbox(WorkRow row) =>
        _addInbox.Run(
            row.SessionID, row.ID, row.Kind, row.Position, (int)row.Delivery, row.TurnID, row.Resumptions, row.Payload?.ToArray());

    public IReadOnlyList<WorkRow> FindInbox(string sessionID) => SqliteRows.All(_findInbox.Query(sessionID), StoredRows.Work);

    public void TakeInbox(string sessionID, string messageID, string turnID) => _takeInbox.Run(sessionID, messageID, turnID);

    public void CountResumption(string sessionID, string turnID) => _countResumption.Run(sessionID, turnID);

    public void RemoveInbox(string sessionID, string messageID) => _removeInbox.Run(sessionID, messageID);

    public void AddPermission(PermissionRow row) =>
        _addPermission.Run(row.ID, row.SessionID, row.Directory, row.Json.ToArray());

    public void AnswerPermission(string sessionID, string requestID, PermissionAnswer answer) =>
        _answerPermission.Run(requestID, (int)answer.Reply, answer.Feedback);

    public void RemovePermission(string sessionID, string requestID) => _removePermission.Run(requestID);

    public void AddApproval(ApprovalRow row) =>
        _addApproval.Run(row.ID, row.Directory, row.Rule.Permission, row.Rule.Pattern, row.Created);

    public IReadOnlyList<ApprovalRow> FindApprovals(string directory) =>
        SqliteRows.All(_findApprovals.Query(directory), StoredRows.Approval);

    public bool HasApproval(string approvalID) => _hasApproval.Scalar(approvalID) is not null;

    public void RemoveApproval(string approvalID) => _removeApproval.Run(approvalID);

    public void BeginEffect(string sessionID, string partID, long time) => _beginEffect.Run(sessionID, partID, time);

    public void EndEffect(string sessionID, string partID, long time) => _endEffect.Run(partID, time);

    public bool HasEffect(string sessionID, string partID) => _hasEffect.Scalar(partID) is not null;

    public IReadOnlyList<PermissionRow> FindPermissions(string sessionID) =>
        SqliteRows.All(_findPermissions.Query(sessionID), StoredRows.Permission);

    public void PutTodos(string sessionID, byte[] todos) => _putTodos.Run(sessionID, todos);

    public void PutProject(ProjectInfo project) =>
        _putProject.Run(project.ID, JsonSerializer.SerializeToUtf8Bytes(project, WireJson.Wire.ProjectInfo));

    public long AddEvent(
        string sessionID,
        long sessionSequence,
        string directory,
        string projectID,
        string type,
        string id,
        ReadOnlySequence<byte> json) =>
        _events.Add(sessionID, sessionSequence, directory, projectID, type, id, json);

    public void TrimEvents(long last, long count, long bytes) => HasFreed |= _events.Trim(last, count, bytes);

    /// <summary>Closes the connection.</summary>
    public void Close()
    {
        Dispose();
        _events.Dispose();
        foreach (var statement in _statements)
            statement.Dispose();
        _connection.Dispose();
    }

    private List<ReadOnlyMemory<byte>> FindParts(string messageID)
    {
        var parts = SqliteRows.All(_findParts.Query(messageID), StoredRows.Part);
        if (_growing.Count > 0)
            PartAppend.Apply(parts, SqliteRows.All(_findAppends.Query(messageID), StoredRows.Append));
        return parts.ConvertAll(static part => part.Json);
    }

    private void RemoveAppends(string partID)
    {
        if (_growing.Remove(partID))
            _removeAppends.Run(partID);
    }

    private void ReadGrowing()
    {
        _isGrowingKnown = true;
        _growing.Clear();
        _growing.UnionWith(SqliteRows.All(_openAppends.Query(), static row => row.GetString(0)));
    }

    private SqliteStatement Prepare(string sql, int parameters)
    {
        var statement = new SqliteStatement(_connection, sql, parameters);
        _statements.Add(statement);
        return statement;
    }
}
