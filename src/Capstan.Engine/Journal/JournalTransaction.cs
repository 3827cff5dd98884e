using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Journal;

/// <summary>
/// The changes that a write can make; each change stores rows and publishes their event. This is the only place that turns a
/// change of state into an event, so that a row and its event cannot differ.
/// </summary>
internal sealed class JournalTransaction
{
    private readonly int _lane;
    private readonly long _owner;
    private readonly TimeProvider _time;
    private readonly IdentifierSource _identifiers;
    // The sessions of this write, as it has changed them so far.
    private readonly Dictionary<string, SessionRow> _sessions = [];
    private readonly HashSet<string> _changed = [];
    private readonly HashSet<(string SessionID, SessionLease Lease)> _checked = [];
    private readonly List<PublishedEvent> _events = [];
    private IStoreTransaction? _write;

    /// <param name="lane">The lane that writes.</param>
    /// <param name="owner">The store's epoch, by which this process holds leases.</param>
    /// <param name="time">The clock that rows and events are dated by.</param>
    /// <param name="identifiers">Makes the identifiers of events.</param>
    internal JournalTransaction(int lane, long owner, TimeProvider time, IdentifierSource identifiers)
    {
        _lane = lane;
        _owner = owner;
        _time = time;
        _identifiers = identifiers;
    }

    /// <summary>The transaction of the store beneath, for changes that publish no event.</summary>
    public IStoreTransaction Rows => _write ?? throw new InvalidOperationException("No write is in progress.");

    /// <summary>The present time, in Unix milliseconds.</summary>
    public long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    internal IReadOnlyList<PublishedEvent> Events => _events;

    internal long LastSequence { get; private set; }

    /// <summary>The number of the first event of this write; null where it has none.</summary>
    internal long? FirstSequence { get; private set; }

    /// <summary>The bytes of all events since the start of the process, those of failed writes included.</summary>
    internal long EventBytes { get; private set; }

    /// <summary>A session with the changes of this write, or null.</summary>
    public SessionRow? FindSession(string sessionID)
    {
        if (_sessions.TryGetValue(sessionID, out var session))
            return session;
        session = Rows.FindSession(sessionID);
        if (session is not null)
            _sessions[sessionID] = session;
        return session;
    }

    /// <summary>
    /// The newest assistant message of a session, with its parts, or null. Injections may come after it, so it need not be the
    /// last message.
    /// </summary>
    public MessageRow? FindLastAnswer(string sessionID)
    {
        var row = Rows.FindLastMessage(sessionID);
        while (row is not null && row.ReadInfo() is not AssistantMessage)
            row = Rows.FindLastMessage(sessionID, before: row.Context!.Value);
        return row;
    }

    /// <summary>Creates a session: <c>session.created</c>.</summary>
    public void CreateSession(SessionInfo info)
    {
        var session = new SessionRow(info, SessionStatus.IsIdle, 0);
        Remember(session);
        // Stored at once and not in Finish: a deletion of the session's parent in the same group of writes must find the session.
        Rows.PutSession(session);
        Publish(info.ID, EventType.SessionCreated, WireJson.Wire.SessionEvent, new SessionEvent(info.ID, info));
    }

    /// <summary>Changes a session: <c>session.updated</c>. Does nothing where the session does not exist any more.</summary>
    /// <returns>The changed session, or null.</returns>
    public SessionInfo? UpdateSession(string sessionID, Func<SessionInfo, SessionInfo> change)
    {
        if (FindSession(sessionID) is not { } session)
            return null;
        var info = change(session.Info);
        Remember(session with { Info = info });
        Publish(sessionID, EventType.SessionUpdated, WireJson.Wire.SessionEvent, new SessionEvent(sessionID, info));
        return info;
    }

    /// <summary>
    /// Changes a session without an event; the next <c>session.updated</c> shows the change, as on OpenCode's wire.
    /// </summary>
    public void AmendSession(string sessionID, Func<SessionInfo, SessionInfo> change)
    {
        if (FindSession(sessionID) is { } session)
            Remember(session with { Info = change(session.Info) });
    }

    /// <summary>
    /// Deletes a session and its children, which share its lane: <c>session.deleted</c> for each, children first.
    /// </summary>
    /// <returns>The identifiers of all sessions that were deleted.</returns>
    public IReadOnlyList<string> DeleteSession(string sessionID)
    {
        if (FindSession(sessionID) is not { } session)
            return [];
        var deleted = new List<string>();
        foreach (var child in Rows.FindChildren(sessionID))
            deleted.AddRange(DeleteSession(child));
        Publish(sessionID, EventType.SessionDeleted, WireJson.Wire.SessionEvent, new SessionEvent(sessionID, session.Info));
        _sessions.Remove(sessionID);
        _changed.Remove(sessionID);
        Rows.DeleteSession(sessionID, LastSequence);
        deleted.Add(sessionID);
        return deleted;
    }

    /// <summary>
    /// Takes the lease of a session for a turn of this process. A lease is free to take where nobody holds it, where a turn of this
    /// process did, or where its owner is dead: one process owns the store at a time, so an owner from before is.
    /// </summary>
    /// <returns>The lease, or null where another living process holds it.</returns>
    public SessionLease? TakeLease(string sessionID)
    {
        if (FindSession(sessionID) is not { } session || session.Lease.Owner > _owner)
            return null;
        return ChangeLease(session, session.Lease.TakenBy(_owner));
    }

    /// <summary>Gives a lease back that <see cref="TakeLease"/> took.</summary>
    public void ReleaseLease(string sessionID)
    {
        if (FindSession(sessionID) is { } session)
            ChangeLease(session, session.Lease.Released());
    }

    private SessionLease ChangeLease(SessionRow session, SessionLease lease)
    {
        Rows.ChangeLease(session.Info.ID, session.Lease, lease);
        _sessions[session.Info.ID] = session with { Lease = lease };
        return lease;
    }

    /// <summary>
    /// Sets the status of a session: <c>session.status</c>, and <c>session.idle</c> after it where the session became idle.
    /// </summary>
    public void SetStatus(string sessionID, SessionStatus status)
    {
        if (FindSession(sessionID) is not { } session)
            return;
        Remember(session with { Status = status });
        Publish(sessionID, EventType.SessionStatus, WireJson.Wire.SessionStatusEvent, new SessionStatusEvent(sessionID, status));
        if (status is SessionStatus.Idle)
            Publish(sessionID, EventType.SessionIdle, WireJson.Wire.SessionIdleEvent, new SessionIdleEvent(sessionID));
    }

    /// <summary>Adds a message: <c>message.updated</c>.</summary>
    /// <param name="info">The message.</param>
    /// <param name="isWaiting">Whether the message waits in the inbox, where the model does not see it.</param>
    /// <param name="fingerprint">The fingerprint of the client's request; null where the message has none.</param>
    /// <returns>The message as it is stored, without its parts.</returns>
    public MessageRow AddMessage(MessageInfo info, bool isWaiting = false, string? fingerprint = null)
    {
        var position = NextPosition(info.SessionID);
        long? context = isWaiting ? null : position;
        var json = Serialize(info);
        Rows.AddMessage(info.SessionID, info.ID, IsOpen(info), position, context, fingerprint, json);
        PublishMessage(info);
        return new MessageRow(info.ID, info.SessionID, position, context, fingerprint, json, []);
    }

    /// <summary>Gives a message that waited its place in what the model sees, behind all others.</summary>
    public void ShowToModel(string sessionID, string messageID) =>
        Rows.SetContext(sessionID, messageID, NextPosition(sessionID));

    /// <summary>Changes a message: <c>message.updated</c>.</summary>
    public void UpdateMessage(MessageInfo info)
    {
        Rows.UpdateMessage(info.SessionID, info.ID, IsOpen(info), Serialize(info));
        PublishMessage(info);
    }

    /// <summary>Closes the message of a step: <c>message.updated</c>.</summary>
    /// <param name="info">The message, completed.</param>
    /// <param name="outcome">How the step ended. The turn goes on from this outcome, also in the next process.</param>
    public void EndStep(AssistantMessage info, StepOutcome outcome)
    {
        Rows.EndStep(info.SessionID, info.ID, outcome, Serialize(info));
        PublishMessage(info);
    }

    /// <summary>Removes a message and its parts: <c>message.removed</c>.</summary>
    public void RemoveMessage(string sessionID, string messageID)
    {
        Rows.RemoveMessage(sessionID, messageID);
        Publish(
            sessionID, EventType.MessageRemoved, WireJson.Wire.MessageRemovedEvent, new MessageRemovedEvent(sessionID, messageID));
    }

    /// <summary>Adds or changes a part: <c>message.part.updated</c>.</summary>
    public void PutPart(Part part) => PutPart(PartJson.Of(part));

    /// <inheritdoc cref="PutPart(Part)"/>
    internal void PutPart(PartJson part)
    {
        if (!SavePart(part))
            return;
        var id = _identifiers.NewEvent();
        Publish(part.SessionID, EventType.PartUpdated, id, PartUpdate.Write(id, part.SessionID, part.Json, Now));
    }

    /// <summary>
    /// Shows the part of a running call whose text has grown: <c>message.part.updated</c>, live only. Only the new text is
    /// stored, so that a command may print for hours; from time to time the whole part is stored.
    /// </summary>
    /// <param name="shown">The part as clients are to see it.</param>
    /// <param name="position">The byte of the part, as it was last stored whole, before which the added text goes.</param>
    /// <param name="added">The text that was added since the part was last shown; null stores the whole part.</param>
    internal void GrowPart(PartJson shown, int position, ReadOnlySequence<byte>? added)
    {
        if (FindSession(shown.SessionID) is not { } session)
            return;
        if (added is null)
            Rows.PutPart(shown.SessionID, shown.MessageID, shown.ID, shown.Json);
        Rows.AppendPart(shown.SessionID, shown.MessageID, shown.ID, position, added ?? default);
        _events.Add(PartUpdate.Live(_identifiers, session.Info, shown.Json, Now));
    }

    /// <summary>Stores a growing part as it is now, without an event: its deltas have been published already.</summary>
    /// <returns>False where the session was deleted meanwhile: nothing may be stored for it.</returns>
    internal bool SavePart(PartJson part)
    {
        if (FindSession(part.SessionID) is null)
            return false;
        Rows.PutPart(part.SessionID, part.MessageID, part.ID, part.Json);
        return true;
    }

    /// <summary>Removes a part: <c>message.part.removed</c>.</summary>
    public void RemovePart(Part part)
    {
        Rows.RemovePart(part.SessionID, part.MessageID, part.ID);
        Publish(
            part.SessionID,
            EventType.PartRemoved,
            WireJson.Wire.PartRemovedEvent,
            new PartRemovedEvent(part.SessionID, part.MessageID, part.ID));
    }

    /// <summary>Publishes an error of a session: <c>session.error</c>.</summary>
    public void ReportError(string sessionID, MessageError error) =>
        Publish(sessionID, EventType.SessionError, WireJson.Wire.SessionErrorEvent, new SessionErrorEvent(sessionID, error));

    /// <summary>Publishes what a turn changed in files: <c>session.diff</c>.</summary>
    public void ReportDiff(string sessionID, IReadOnlyList<FileDiff> diff) =>
        Publish(sessionID, EventType.SessionDiff, WireJson.Wire.SessionDiffEvent, new SessionDiffEvent(sessionID, diff));

    /// <summary>Stores a permission request: <c>permission.asked</c>.</summary>
    public PermissionRow AskPermission(PermissionRequest request, string directory)
    {
        var row = new PermissionRow(
            request.ID,
            request.SessionID,
            directory,
            JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Wire.PermissionRequest));
        // Nothing is stored for a session that was deleted meanwhile; its deletion also stops the call that asks.
        if (FindSession(request.SessionID) is null)
            return row;
        Rows.AddPermission(row);
        Publish(request.SessionID, EventType.PermissionAsked, WireJson.Wire.PermissionRequest, request);
        return row;
    }

    /// <summary>
    /// Settles a permission request: <c>permission.replied</c>. The answer is kept until the turn ends, so that the call that
    /// asked finds it also after a crash.
    /// </summary>
    /// <returns>Whether the request had no answer yet.</returns>
    public bool SettlePermission(string sessionID, string requestID, PermissionAnswer answer)
    {
        if (Rows.FindPermissions(sessionID).FirstOrDefault(row => row.ID == requestID) is not { Answer: null })
            return false;
        Rows.AnswerPermission(sessionID, requestID, answer);
        Publish(
            sessionID,
            EventType.PermissionReplied,
            WireJson.Wire.PermissionRepliedEvent,
            new PermissionRepliedEvent(sessionID, requestID, answer.Reply));
        return true;
    }

    /// <summary>Replaces a session's task list: <c>todo.updated</c>.</summary>
    public void SetTodos(string sessionID, IReadOnlyList<TodoItem> todos)
    {
        if (FindSession(sessionID) is null)
            return;
        Rows.PutTodos(sessionID, JsonSerializer.SerializeToUtf8Bytes(todos, WireJson.Wire.IReadOnlyListTodoItem));
        Publish(sessionID, EventType.TodoUpdated, WireJson.Wire.TodoUpdatedEvent, new TodoUpdatedEvent(sessionID, todos));
    }

    /// <summary>Publishes any other durable event of a session.</summary>
    public void Publish<T>(string sessionID, string type, JsonTypeInfo<T> typeInfo, T properties) =>
        Publish(sessionID, type, writer => JsonSerializer.Serialize(writer, properties, typeInfo));

    /// <summary>Makes sure that a turn still holds the lease that it took.</summary>
    /// <param name="sessionID">The session.</param>
    /// <param name="lease">The lease; null for a write that needs none.</param>
    /// <exception cref="LeaseLostException">The session has another lease now.</exception>
    internal void CheckLease(string? sessionID, SessionLease? lease)
    {
        if (sessionID is null || lease is null || FindSession(sessionID) is not { } session)
            return;
        if (session.Lease != lease)
            throw new LeaseLostException(sessionID);
        // What this process knows of the session may be out of date; the store decides, once for all writes of a group.
        if (_checked.Add((sessionID, lease)))
            Rows.CheckLease(sessionID, lease);
    }

    internal void AddLive(PublishedEvent live) => _events.Add(live);

    /// <summary>Collects the events of items that write nothing.</summary>
    internal void CollectLive(List<JournalItem> group)
    {
        Start(null);
        foreach (var item in group)
            item.Apply(this);
    }

    internal void Start(IStoreTransaction? write)
    {
        _write = write;
        FirstSequence = null;
        _events.Clear();
        _changed.Clear();
        _checked.Clear();
        _sessions.Clear();
    }

    /// <summary>Stores the sessions that changed, each once however often it changed.</summary>
    internal void Finish()
    {
        foreach (var sessionID in _changed)
            Rows.PutSession(_sessions[sessionID]);
    }

    /// <summary>Drops what a write has collected, because the write was undone.</summary>
    internal void Forget() => Start(null);

    private static bool IsOpen(MessageInfo info) => info is AssistantMessage { Time.Completed: null };

    private static byte[] Serialize(MessageInfo info) => JsonSerializer.SerializeToUtf8Bytes(info, WireJson.Wire.MessageInfo);

    private long NextPosition(string sessionID)
    {
        // A message of a session that was deleted meanwhile takes no place.
        if (FindSession(sessionID) is not { } session)
            return 0;
        Remember(session with { Position = session.Position + 1 });
        return session.Position + 1;
    }

    private void Remember(SessionRow session)
    {
        _sessions[session.Info.ID] = session;
        _changed.Add(session.Info.ID);
    }

    private void PublishMessage(MessageInfo info) => Publish(
        info.SessionID, EventType.MessageUpdated, WireJson.Wire.MessageUpdatedEvent, new MessageUpdatedEvent(info.SessionID, info));

    private void Publish(string sessionID, string type, Action<Utf8JsonWriter> writeProperties)
    {
        // No event is published for a session that does not exist any more.
        if (FindSession(sessionID) is null)
            return;
        var id = _identifiers.NewEvent();
        Publish(sessionID, type, id, new ReadOnlySequence<byte>(EventJson.Write(id, type, writeProperties)));
    }

    private void Publish(string sessionID, string type, string id, in ReadOnlySequence<byte> json)
    {
        var session = FindSession(sessionID)!;
        var number = session.EventCount;
        var info = session.Info;
        EventBytes += json.Length;
        LastSequence = Rows.AddEvent(sessionID, number, info.Directory, info.ProjectID, type, id, json);
        FirstSequence ??= LastSequence;
        _events.Add(new PublishedEvent(LastSequence, sessionID, number, info.Directory, info.ProjectID, id, type, json) { Lane = _lane });
        Remember(session with { EventCount = number + 1 });
    }
}
