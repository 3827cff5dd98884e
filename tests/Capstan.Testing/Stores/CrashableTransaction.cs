using System.Buffers;
using System.Collections.Immutable;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;

namespace Capstan.Testing.Stores;

/// <summary>
/// A write of a <see cref="CrashableStore"/>: a state of its own, whose changes are carried out on the committed one or forgotten.
/// Other lanes may commit meanwhile.
/// </summary>
internal sealed class CrashableTransaction(CrashableStore store, CrashableLane lane, StoreState state) : IStoreTransaction
{
    private readonly List<Func<StoreState, StoreState>> _changes = [];
    private StoreState _state = state;
    private bool _isEnded;

    public void Commit()
    {
        store.Disk.Syncing?.Invoke();
        store.Call(() =>
        {
            store.Disk.Commit(store.Epoch, committed => _changes.Aggregate(committed, static (state, change) => change(state)));
            _isEnded = true;
            lane.EndWrite();
            return true;
        });
    }

    public void Dispose()
    {
        if (_isEnded)
            return;
        _isEnded = true;
        lane.EndWrite();
    }

    public SessionRow? FindSession(string sessionID) => Read(state => state.Sessions.GetValueOrDefault(sessionID));

    public void PutSession(SessionRow session) => Change(state => state with
    {
        Sessions = state.Sessions.SetItem(session.Info.ID, session with
        {
            Lease = state.Sessions.TryGetValue(session.Info.ID, out var known) ? known.Lease : SessionLease.Free,
        }),
    });

    public IReadOnlyList<string> FindChildren(string sessionID) => Read(state => state.Sessions.Values
        .Where(row => row.Info.ParentID == sessionID)
        .Select(static row => row.Info.ID)
        .OrderDescending(StringComparer.Ordinal)
        .ToArray());

    public void ChangeLease(string sessionID, SessionLease from, SessionLease to) => Change(state =>
        state.Sessions.TryGetValue(sessionID, out var row) && row.Lease == from
            ? state with { Sessions = state.Sessions.SetItem(sessionID, row with { Lease = to }) }
            : throw new LeaseLostException(sessionID));

    // Checked again at the commit, where the lease may have been changed since.
    public void CheckLease(string sessionID, SessionLease lease) => Change(state =>
        state.Sessions.GetValueOrDefault(sessionID)?.Lease == lease ? state : throw new LeaseLostException(sessionID));

    public void DeleteSession(string sessionID, long lastEvent) => Change(state => state with
    {
        Growing = state.Growing.RemoveRange(state.Growing.Where(pair => pair.Value.SessionID == sessionID).Select(static pair => pair.Key)),
        Deletions = state.Deletions.SetItem(sessionID, lastEvent),
        Sessions = state.Sessions.Remove(sessionID),
        Messages = state.Messages.RemoveRange(state.Messages.Where(pair => pair.Value.Row.SessionID == sessionID).Select(static pair => pair.Key)),
        InboxLog = state.InboxLog.AddRange(state.InboxOf(sessionID)
            .Select(static row => new InboxChange(InboxChangeKind.Deleted, row.SessionID, row.ID, row.TurnID))),
        Inbox = state.Inbox.RemoveRange(state.InboxOf(sessionID).Select(static row => row.ID)),
        Permissions = state.Permissions.RemoveRange(
            state.Permissions.Values.Where(row => row.SessionID == sessionID).Select(static row => row.ID)),
        Effects = state.Effects.RemoveRange(state.Effects.Where(pair => pair.Value.SessionID == sessionID && pair.Value.IsEnded).Select(static pair => pair.Key)),
        Todos = state.Todos.Remove(sessionID),
    });

    public MessageRow? FindMessage(string messageID) => Read(state => state.Messages.GetValueOrDefault(messageID)?.WithParts());

    public void AddMessage(
        string sessionID, string messageID, bool isOpen, long position, long? context, string? fingerprint, byte[] info) =>
        Change(state => state with
        {
            // Add throws where it is there, as a table with a key does.
            Messages = state.Messages.Add(messageID, new StoredMessage(
                new MessageRow(messageID, sessionID, position, context, fingerprint, info, []), isOpen, [])),
        });

    public void UpdateMessage(string sessionID, string messageID, bool isOpen, byte[] info) => Update(
        messageID, message => message with { IsOpen = isOpen, Row = message.Row with { Info = info } });

    public void EndStep(string sessionID, string messageID, StepOutcome outcome, byte[] info) => Update(
        messageID, message => message with { IsOpen = false, Row = message.Row with { Info = info, Outcome = outcome } });

    public void SetContext(string sessionID, string messageID, long context) => Update(
        messageID, message => message with { Row = message.Row with { Context = context } });

    public void PutPart(string sessionID, string messageID, string partID, ReadOnlySequence<byte> part) => Change(state =>
        state.Messages.TryGetValue(messageID, out var message)
            ? state with
            {
                Messages = state.Messages.SetItem(messageID, message.With(partID, part.ToArray())),
                Growing = state.Growing.Remove(partID),
            }
            : state with { OrphanedParts = state.OrphanedParts.Add((sessionID, partID)) });

    public void AppendPart(string sessionID, string messageID, string partID, int position, ReadOnlySequence<byte> text) => Change(state =>
    {
        var message = state.Messages[messageID];
        var part = message.Parts.Find(part => part.ID == partID).Json;
        var at = state.Growing.TryGetValue(partID, out var known) ? known.End : position;
        return state with
        {
            Messages = state.Messages.SetItem(messageID, message.With(partID, [.. part[..at], .. text.ToArray(), .. part[at..]])),
            Growing = state.Growing.SetItem(partID, (sessionID, messageID, at + (int)text.Length)),
        };
    });

    public void RemovePart(string sessionID, string messageID, string partID)
    {
        Change(state => state with { Growing = state.Growing.Remove(partID) });
        Update(messageID, message => message with { Parts = message.Parts.RemoveAll(part => part.ID == partID) });
    }

    public IReadOnlyList<MessageRow> FindOpenMessages(string sessionID) => Read(state => state.Messages.Values
        .Where(message => message.IsOpen && message.Row.SessionID == sessionID)
        .OrderBy(static message => message.Row.Position)
        .Select(static message => message.WithParts())
        .ToArray());

    public MessageRow? FindLastMessage(string sessionID, long before = long.MaxValue) => Read(state => state.Messages.Values
        .Where(message => message.Row.SessionID == sessionID && message.Row.Context < before)
        .MaxBy(static message => message.Row.Context)?.WithParts());

    public void RemoveMessage(string sessionID, string messageID) => Change(state => state with
    {
        Messages = state.Messages.Remove(messageID),
        Growing = state.Growing.RemoveRange(state.Growing.Where(pair => pair.Value.MessageID == messageID).Select(static pair => pair.Key)),
    });

    public void AddInbox(WorkRow row) => Change(state => state with
    {
        Inbox = state.Inbox.Add(row.ID, row),
        InboxLog = state.InboxLog.Add(new InboxChange(InboxChangeKind.Added, row.SessionID, row.ID)),
    });

    public IReadOnlyList<WorkRow> FindInbox(string sessionID) => Read(state => state.InboxOf(sessionID).ToArray());

    public void TakeInbox(string sessionID, string messageID, string turnID) => Change(state =>
        state.Inbox.TryGetValue(messageID, out var row)
            ? state with
            {
                Inbox = state.Inbox.SetItem(messageID, row with { TurnID = turnID }),
                InboxLog = state.InboxLog.Add(new InboxChange(InboxChangeKind.Taken, sessionID, messageID, turnID)),
            }
            : state);

    public void CountResumption(string sessionID, string turnID) => Change(state => state with
    {
        Inbox = state.Inbox.SetItems(state.InboxOf(sessionID)
            .Where(row => row.TurnID == turnID)
            .Select(static row => KeyValuePair.Create(row.ID, row with { Resumptions = row.Resumptions + 1 }))),
    });

    public void RemoveInbox(string sessionID, string messageID) => Change(state =>
        state.Inbox.TryGetValue(messageID, out var row)
            ? state with
            {
                Inbox = state.Inbox.Remove(messageID),
                InboxLog = state.InboxLog.Add(new InboxChange(InboxChangeKind.Removed, sessionID, messageID, row.TurnID)),
            }
            : state);

    public void AddPermission(PermissionRow row) => Change(state => state with { Permissions = state.Permissions.Add(row.ID, row) });

    public void AnswerPermission(string sessionID, string requestID, PermissionAnswer answer) => Change(state =>
        state.Permissions.TryGetValue(requestID, out var row) && row.Answer is null
            ? state with { Permissions = state.Permissions.SetItem(requestID, row with { Answer = answer }) }
            : state);

    public void RemovePermission(string sessionID, string requestID) => Change(state => state with { Permissions = state.Permissions.Remove(requestID) });

    public void AddApproval(ApprovalRow row) => Change(state => state with
    {
        Approvals = state.Approvals.Exists(known => known.ID == row.ID || (known.Directory == row.Directory && known.Rule == row.Rule))
            ? state.Approvals
            : state.Approvals.Add(row),
    });

    public IReadOnlyList<ApprovalRow> FindApprovals(string directory) => Read(state => state.ApprovalsOf(directory).ToArray());

    public bool HasApproval(string approvalID) => Read(state => state.Approvals.Exists(row => row.ID == approvalID));

    public void RemoveApproval(string approvalID) => Change(state => state with
    {
        Approvals = state.Approvals.RemoveAll(row => row.ID == approvalID),
    });

    public void BeginEffect(string sessionID, string partID, long time) => Change(state => state with
    {
        Effects = state.Effects.SetItem(partID, (sessionID, false)),
    });

    public void EndEffect(string sessionID, string partID, long time) => Change(state => state.Effects.TryGetValue(partID, out var effect)
        ? state with { Effects = state.Effects.SetItem(partID, (effect.SessionID, true)) }
        : state);

    public bool HasEffect(string sessionID, string partID) => Read(state => state.Effects.ContainsKey(partID));

    public IReadOnlyList<PermissionRow> FindPermissions(string sessionID) =>
        Read(state => state.Permissions.Values.Where(row => row.SessionID == sessionID).ToArray());

    public void PutTodos(string sessionID, byte[] todos) => Change(state => state with { Todos = state.Todos.SetItem(sessionID, todos) });

    public void PutProject(ProjectInfo project) => Change(state => state with { Projects = state.Projects.SetItem(project.ID, project) });

    public long AddEvent(
        string sessionID, long sessionSequence, string directory, string projectID, string type, string id, ReadOnlySequence<byte> json)
    {
        var number = _state.Lanes[lane.Number].Last + 1;
        Change(state => state with
        {
            Lanes = state.Lanes.SetItem(lane.Number, state.Lanes[lane.Number] with { Last = number }),
            Events = state.Events.Add(
                new PublishedEvent(number, sessionID, sessionSequence, directory, projectID, id, type, json) { Lane = lane.Number }),
        });
        return number;
    }

    public void TrimEvents(long last, long count, long bytes) => Change(state =>
    {
        var own = state.Lanes[lane.Number];
        var first = Math.Max(own.First, last - count + 1);
        var kept = 0L;
        var oldest = last;
        foreach (var published in state.Events.Reverse()
            .Where(published => published.Lane == lane.Number)
            .TakeWhile(published => published.Sequence >= first))
        {
            if (kept >= bytes && published.Sequence < last)
                break;
            oldest = published.Sequence;
            kept += published.Json.Length;
        }

        first = count == 0 ? last + 1 : oldest;
        return state with
        {
            Lanes = state.Lanes.SetItem(lane.Number, own with { First = first }),
            Events = state.Events.RemoveAll(published => published.Lane == lane.Number && published.Sequence < first),
        };
    });

    private T Read<T>(Func<StoreState, T> read) => store.Call(() => read(Current()));

    private void Change(Func<StoreState, StoreState> change) => store.Call(() =>
    {
        _state = change(Current());
        _changes.Add(change);
        return _state;
    });

    private void Update(string messageID, Func<StoredMessage, StoredMessage> update) => Change(state =>
        state.Messages.TryGetValue(messageID, out var message)
            ? state with { Messages = state.Messages.SetItem(messageID, update(message)) }
            : state);

    private StoreState Current() => _isEnded ? throw new InvalidOperationException("The write has ended.") : _state;
}
