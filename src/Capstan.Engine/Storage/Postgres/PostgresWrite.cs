using System.Buffers;
using System.Text.Json;
using Capstan.Contract;
using Npgsql;
using static Capstan.Engine.Storage.Postgres.PostgresValue;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// The write in progress of a lane. Changes become statements that wait for the commit (<see cref="PostgresLink"/>); what a write looks
/// at is answered from memory where it can be (<see cref="PostgresMemory"/>). An admission, or a turn's write, is then one round trip.
/// </summary>
internal sealed class PostgresWrite(PostgresLink link, PostgresKnownSessions known, int lane) : IStoreTransaction
{
    private readonly PostgresMemory _memory = new();
    private readonly PostgresChanges _changes = new(lane);
    // The sessions that the write has changed.
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private bool _isEnded = true;

    /// <summary>Whether a session was deleted since this property was last set to false.</summary>
    public bool HasDeleted { get; set; }

    public void Begin(IReadOnlyList<string> sessions)
    {
        if (!_isEnded)
            throw new InvalidOperationException("A write is in progress: the journal writes one at a time in each lane.");
        link.Begin();
        _isEnded = false;
        try
        {
            _memory.Trim();
            Load([.. sessions.Where(id => _memory[id] is null).Distinct()]);
        }
        catch
        {
            // The caller does not have the transaction yet and cannot end it.
            Dispose();
            throw;
        }
    }

    public void Commit()
    {
        _changes.MoveTo(link);
        link.Commit();
        _isEnded = true;
        foreach (var sessionID in _written)
            known.Set(sessionID, _memory[sessionID]?.Row);
        _written.Clear();
    }

    /// <summary>Undoes the write in progress, unless it was committed.</summary>
    public void Dispose()
    {
        if (_isEnded)
            return;
        _isEnded = true;
        // The write may be stored all the same, where the database went away before it could say so.
        foreach (var sessionID in _written)
            known.Set(sessionID, null);
        _written.Clear();
        _memory.Forget();
        _changes.Clear();
        link.Undo();
    }

    /// <summary>Adds a statement to the write, which sees all changes before it.</summary>
    public void Run(string sql, params ReadOnlySpan<NpgsqlParameter> parameters) => Run(Statement(sql, parameters));

    public SessionRow? FindSession(string sessionID) => Known(sessionID).Row;

    public void PutSession(SessionRow session)
    {
        DemandOpen();
        var info = session.Info;
        _written.Add(info.ID);
        if (_memory[info.ID] is { Row: { } stored } remembered)
        {
            remembered.Row = session with { Lease = stored.Lease };
            _changes.Sessions.Put(remembered.Row);
            return;
        }

        if (_memory[info.ID] is { } created)
            created.Row = session with { Lease = SessionLease.Free };
        Run(PostgresSessionChanges.Insert(session));
    }

    public IReadOnlyList<string> FindChildren(string sessionID) => Read(
        [Statement("SELECT id FROM session WHERE parent_id = $1 ORDER BY id DESC", Text(sessionID))],
        static rows => PostgresRows.All(rows, static row => row.GetString(0)));

    public void ChangeLease(string sessionID, SessionLease from, SessionLease to)
    {
        DemandOpen();
        _written.Add(sessionID);
        if (_memory[sessionID] is { Row: { } row } remembered)
            remembered.Row = row with { Lease = to };
        _changes.Sessions.ChangeLease(sessionID, from, to);
    }

    public void CheckLease(string sessionID, SessionLease lease)
    {
        DemandOpen();
        _changes.Sessions.CheckLease(sessionID, lease);
    }

    public void DeleteSession(string sessionID, long lastEvent)
    {
        foreach (var table in (string[])["part", "part_append", "message", "inbox", "permission", "todo"])
            Run($"DELETE FROM {table} WHERE session_id = $1", Text(sessionID));
        Run("DELETE FROM effect WHERE session_id = $1 AND time_finished IS NOT NULL", Text(sessionID));
        Run("DELETE FROM session WHERE id = $1", Text(sessionID));
        Run(
            "INSERT INTO deleted_session VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET lane = excluded.lane, n = excluded.n",
            Text(sessionID),
            Small(lane),
            Number(lastEvent));
        _written.Add(sessionID);
        _memory.Delete(sessionID);
        HasDeleted = true;
    }

    public MessageRow? FindMessage(string messageID) =>
        _memory.FindWaiting(messageID) ?? FindMessages(PostgresSelection.ByID, Text(messageID)).FirstOrDefault();

    public void AddMessage(
        string sessionID, string messageID, bool isOpen, long position, long? context, string? fingerprint, byte[] info)
    {
        DemandOpen();
        NoteOpen(sessionID, messageID, isOpen);
        if (context is null)
            _memory.AddWaiting(new MessageRow(messageID, sessionID, position, context, fingerprint, info, []));
        _changes.Messages.Add(link, messageID, new PostgresMessageChanges.Change
        {
            SessionID = sessionID,
            Position = position,
            Context = context,
            IsOpen = isOpen,
            Fingerprint = fingerprint,
            Info = info,
        });
    }

    public void UpdateMessage(string sessionID, string messageID, bool isOpen, byte[] info)
    {
        var change = Change(sessionID, messageID, isOpen);
        change.Info = info;
    }

    public void EndStep(string sessionID, string messageID, StepOutcome outcome, byte[] info)
    {
        var change = Change(sessionID, messageID, isOpen: false);
        change.Info = info;
        change.Outcome = outcome;
    }

    public void RemoveMessage(string sessionID, string messageID)
    {
        NoteOpen(sessionID, messageID, isOpen: false);
        _memory.ForgetWaiting(messageID);
        if (_memory.HasGrowing)
            Run("DELETE FROM part_append WHERE session_id = $1 AND message_id = $2", Text(sessionID), Text(messageID));
        Run("DELETE FROM part WHERE session_id = $1 AND message_id = $2", Text(sessionID), Text(messageID));
        Run("DELETE FROM message WHERE id = $1", Text(messageID));
    }

    public void SetContext(string sessionID, string messageID, long context)
    {
        DemandOpen();
        _memory.SetContext(messageID, context);
        _changes.Messages.Of(messageID).Context = context;
    }

    public void PutPart(string sessionID, string messageID, string partID, ReadOnlySequence<byte> part)
    {
        DemandOpen();
        RemoveAppends(sessionID, partID);
        _memory.AddToWaiting(messageID, partID, part);
        _changes.Parts.Put(link, sessionID, messageID, partID, part);
    }

    public void AppendPart(string sessionID, string messageID, string partID, int position, ReadOnlySequence<byte> text)
    {
        DemandOpen();
        _memory.ForgetWaiting(messageID);
        _memory.Grow(partID);
        // Not behind the other changes: nothing that waits looks at appended text.
        link.Add(Statement(
            "INSERT INTO part_append (session_id, message_id, part_id, position, data) VALUES ($1, $2, $3, $4, $5)",
            Text(sessionID),
            Text(messageID),
            Text(partID),
            Integer(position),
            Bytes(text)));
    }

    public void RemovePart(string sessionID, string messageID, string partID)
    {
        _memory.ForgetWaiting(messageID);
        RemoveAppends(sessionID, partID);
        Run(
            "DELETE FROM part WHERE session_id = $1 AND message_id = $2 AND id = $3", Text(sessionID), Text(messageID), Text(partID));
    }

    public IReadOnlyList<MessageRow> FindOpenMessages(string sessionID) => Known(sessionID).Open.Count == 0
        ? []
        : FindMessages(PostgresSelection.Open, Text(sessionID));

    public MessageRow? FindLastMessage(string sessionID, long before = long.MaxValue) =>
        FindMessages(PostgresSelection.Last, Text(sessionID), Number(before)).FirstOrDefault();

    public void AddInbox(WorkRow row)
    {
        DemandOpen();
        _memory[row.SessionID]?.Add(row);
        _changes.Inbox.Add(row);
    }

    public IReadOnlyList<WorkRow> FindInbox(string sessionID) => Known(sessionID).Inbox;

    public void TakeInbox(string sessionID, string messageID, string turnID)
    {
        if (Known(sessionID).FindInbox(messageID) is not { } row)
            return;
        _memory[sessionID]!.ChangeInbox(other => other.ID == messageID, other => other with { TurnID = turnID });
        _changes.Inbox.Take(row, turnID);
    }

    public void CountResumption(string sessionID, string turnID)
    {
        _memory[sessionID]?.ChangeInbox(row => row.TurnID == turnID, static row => row with { Resumptions = row.Resumptions + 1 });
        Run("UPDATE inbox SET resumptions = resumptions + 1 WHERE session_id = $1 AND turn_id = $2", Text(sessionID), Text(turnID));
    }

    public void RemoveInbox(string sessionID, string messageID)
    {
        _memory.ForgetWaiting(messageID);
        if (Known(sessionID).FindInbox(messageID) is not { } row)
            return;
        _memory[sessionID]!.RemoveInbox(messageID);
        _changes.Inbox.Remove(row);
    }

    public void AddPermission(PermissionRow row)
    {
        _memory[row.SessionID]?.Add(row);
        Run(
            "INSERT INTO permission (id, session_id, directory, data) VALUES ($1, $2, $3, $4)",
            Text(row.ID),
            Text(row.SessionID),
            Text(row.Directory),
            Bytes(row.Json.ToArray()));
    }

    public void AnswerPermission(string sessionID, string requestID, PermissionAnswer answer)
    {
        _memory[sessionID]?.Answer(requestID, answer);
        Run(
            "UPDATE permission SET reply = $2, feedback = $3 WHERE id = $1 AND reply IS NULL",
            Text(requestID),
            Integer((int)answer.Reply),
            Text(answer.Feedback));
    }

    public void RemovePermission(string sessionID, string requestID)
    {
        _memory[sessionID]?.RemovePermission(requestID);
        Run("DELETE FROM permission WHERE id = $1", Text(requestID));
    }

    public void AddApproval(ApprovalRow row) => _changes.Shared.AddApproval(row);

    public IReadOnlyList<ApprovalRow> FindApprovals(string directory)
    {
        _changes.Shared.MoveTo(link);
        return Read(
            [Statement($"SELECT {StoredRows.ApprovalColumns} FROM approval WHERE directory = $1 ORDER BY id", Text(directory))],
            static rows => PostgresRows.All(rows, StoredRows.Approval));
    }

    public bool HasApproval(string approvalID)
    {
        _changes.Shared.MoveTo(link);
        return Exists("SELECT 1 FROM approval WHERE id = $1", approvalID);
    }

    public void RemoveApproval(string approvalID) => _changes.Shared.RemoveApproval(approvalID);

    public void BeginEffect(string sessionID, string partID, long time) => Run(
        """
        INSERT INTO effect VALUES ($2, $1, $3, NULL)
        ON CONFLICT (part_id) DO UPDATE SET time_started = excluded.time_started, time_finished = NULL
        """,
        Text(sessionID),
        Text(partID),
        Number(time));

    public void EndEffect(string sessionID, string partID, long time) =>
        Run("UPDATE effect SET time_finished = $2 WHERE part_id = $1", Text(partID), Number(time));

    public bool HasEffect(string sessionID, string partID) => Exists("SELECT 1 FROM effect WHERE part_id = $1", partID);

    public IReadOnlyList<PermissionRow> FindPermissions(string sessionID) => Known(sessionID).Permissions;

    public void PutTodos(string sessionID, byte[] todos) => Run(
        "INSERT INTO todo VALUES ($1, $2) ON CONFLICT (session_id) DO UPDATE SET data = excluded.data", Text(sessionID), Bytes(todos));

    public void PutProject(ProjectInfo project) =>
        _changes.Shared.PutProject(Storable(project.ID), JsonSerializer.SerializeToUtf8Bytes(project, WireJson.Wire.ProjectInfo));

    public long AddEvent(
        string sessionID, long sessionSequence, string directory, string projectID, string type, string id, ReadOnlySequence<byte> json)
    {
        DemandOpen();
        var numbers = new PostgresNumbers(link.Numbers.Last + 1, link.Numbers.Bytes + json.Length);
        link.Numbers = numbers;
        _changes.Events.Add(link, numbers, sessionID, sessionSequence, directory, projectID, type, id, json);
        return numbers.Last;
    }

    public void TrimEvents(long last, long count, long bytes)
    {
        _changes.Events.MoveTo(link);
        Run("CALL trim_events($1, $2, $3, $4, $5)", Small(lane), Number(last), Number(count), Number(bytes), Number(link.Numbers.Bytes));
    }

    /// <summary>Sends what waits, and reads.</summary>
    public T Read<T>(IReadOnlyList<NpgsqlBatchCommand> statements, Func<NpgsqlDataReader, T> read)
    {
        DemandOpen();
        _changes.MoveRowsTo(link);
        return link.Read(statements, read);
    }

    private bool Exists(string sql, string id) => Read([Statement(sql, Text(id))], static rows => rows.Read());

    private List<MessageRow> FindMessages(PostgresSelection selection, params ReadOnlySpan<NpgsqlParameter> parameters) =>
        Read([selection.Statement(parameters)], static rows => PostgresRows.All(rows, PostgresSelection.Message));

    private PostgresMessageChanges.Change Change(string sessionID, string messageID, bool isOpen)
    {
        DemandOpen();
        NoteOpen(sessionID, messageID, isOpen);
        _memory.ForgetWaiting(messageID);
        var change = _changes.Messages.Of(messageID);
        change.IsOpen = isOpen;
        return change;
    }

    private void Run(NpgsqlBatchCommand statement)
    {
        DemandOpen();
        _changes.MoveRowsTo(link);
        link.Add(statement);
    }

    private void DemandOpen()
    {
        if (_isEnded)
            throw new InvalidOperationException("The write has ended.");
    }

    private RememberedSession Known(string sessionID)
    {
        if (_memory[sessionID] is { } remembered)
            return remembered;
        Load([sessionID]);
        return _memory[sessionID]!;
    }

    /// <summary>Reads what is not remembered of sessions, in one round trip.</summary>
    private void Load(string[] sessions)
    {
        if (_memory.Missing(sessions) is not { Count: > 0 } statements)
            return;
        Read(statements, rows =>
        {
            _memory.Fill(sessions, rows);
            return true;
        });
    }

    private void NoteOpen(string sessionID, string messageID, bool isOpen)
    {
        if (_memory[sessionID] is not { } remembered)
            return;
        if (isOpen)
            remembered.Open.Add(messageID);
        else
            remembered.Open.Remove(messageID);
    }

    private void RemoveAppends(string sessionID, string partID)
    {
        if (_memory.StopGrowing(partID))
            Run("DELETE FROM part_append WHERE session_id = $1 AND part_id = $2", Text(sessionID), Text(partID));
    }
}
