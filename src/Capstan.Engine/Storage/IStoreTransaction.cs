using System.Buffers;
using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>
/// One write: all of it is stored, or nothing. Rows hold the wire's JSON as it will be served. Disposing a transaction without
/// <see cref="Commit"/> undoes its changes.
/// </summary>
/// <remarks>
/// A change returns nothing that its caller would have to wait for, so a store may send all changes of a write in one batch. Where a
/// change cannot be made, the exception comes from it, from a later call or from <see cref="Commit"/>.
/// </remarks>
public interface IStoreTransaction : IDisposable
{
    /// <summary>Makes the write durable: once this returns, a crash loses none of the write.</summary>
    void Commit();

    /// <summary>Finds one session; null where there is none.</summary>
    SessionRow? FindSession(string sessionID);

    /// <summary>Creates or replaces a session, apart from its lease, which <see cref="ChangeLease"/> alone changes.</summary>
    void PutSession(SessionRow session);

    /// <summary>The identifiers of a session's children.</summary>
    IReadOnlyList<string> FindChildren(string sessionID);

    /// <summary>Changes the lease of a session.</summary>
    /// <param name="sessionID">The session.</param>
    /// <param name="from">The lease as the caller knows it.</param>
    /// <param name="to">The lease from now on.</param>
    /// <exception cref="LeaseLostException">The lease is not <paramref name="from"/>: another owner has changed it.</exception>
    void ChangeLease(string sessionID, SessionLease from, SessionLease to);

    /// <summary>Makes sure that a session's lease is still the one that a turn took.</summary>
    /// <exception cref="LeaseLostException">It is not, or the session is deleted.</exception>
    void CheckLease(string sessionID, SessionLease lease);

    /// <summary>
    /// Deletes a session with its messages, parts, inbox, permission requests and task list. The session's children stay, and so
    /// do effects that have not ended: their processes may outlive both the session and the server. From now on nobody can read
    /// the session's events before <paramref name="lastEvent"/>; the store's upkeep erases them.
    /// </summary>
    /// <param name="sessionID">The session.</param>
    /// <param name="lastEvent">The number of the event that tells of the deletion; this event stays.</param>
    void DeleteSession(string sessionID, long lastEvent);

    /// <summary>Finds one message with its parts; null where there is none.</summary>
    MessageRow? FindMessage(string messageID);

    /// <summary>Creates a message.</summary>
    /// <param name="sessionID">The message's session.</param>
    /// <param name="messageID">The message's identifier.</param>
    /// <param name="isOpen">Whether a turn is still writing the message.</param>
    /// <param name="position">The message's place in the history.</param>
    /// <param name="context">The message's place in what the model sees; null while it waits in the inbox.</param>
    /// <param name="fingerprint">
    /// A digest of the client's request, so that a repetition can be told from a
    /// conflict; null where the client did not choose the identifier.
    /// </param>
    /// <param name="info">The message's JSON.</param>
    void AddMessage(
        string sessionID, string messageID, bool isOpen, long position, long? context, string? fingerprint, byte[] info);

    /// <summary>Replaces a message's JSON, and sets whether a turn is still writing the message.</summary>
    void UpdateMessage(string sessionID, string messageID, bool isOpen, byte[] info);

    /// <summary>Closes a step's message, and notes how the step ended.</summary>
    void EndStep(string sessionID, string messageID, StepOutcome outcome, byte[] info);

    /// <summary>Removes a message and its parts.</summary>
    void RemoveMessage(string sessionID, string messageID);

    /// <summary>Gives a message its place in what the model sees.</summary>
    void SetContext(string sessionID, string messageID, long context);

    /// <summary>Creates a part behind all others of its message, or replaces a part and leaves it in its place.</summary>
    void PutPart(string sessionID, string messageID, string partID, ReadOnlySequence<byte> part);

    /// <summary>
    /// Appends text to a stored part, after any text appended before. Storing a part that grows then costs only its new text.
    /// <see cref="PutPart"/> replaces both the part and the text that was appended to it.
    /// </summary>
    /// <param name="sessionID">The part's session.</param>
    /// <param name="messageID">The part's message.</param>
    /// <param name="partID">The part's identifier.</param>
    /// <param name="position">
    /// Where the text goes: before this byte of the part as <see cref="PutPart"/>
    /// stored it. All appends to a part name the same byte.
    /// </param>
    /// <param name="text">The text, as the inside of a JSON string. It may be empty, which marks the part as growing.</param>
    void AppendPart(string sessionID, string messageID, string partID, int position, ReadOnlySequence<byte> text);

    /// <summary>Removes a part.</summary>
    void RemovePart(string sessionID, string messageID, string partID);

    /// <summary>Finds the messages of a session that a turn is still writing, oldest first.</summary>
    IReadOnlyList<MessageRow> FindOpenMessages(string sessionID);

    /// <summary>Finds the last message that the model would see, with its parts; null where there is none.</summary>
    /// <param name="sessionID">The session.</param>
    /// <param name="before">Only messages before this place in the context.</param>
    MessageRow? FindLastMessage(string sessionID, long before = long.MaxValue);

    /// <summary>Puts a prompt into the inbox.</summary>
    void AddInbox(WorkRow row);

    /// <summary>Finds a session's inbox and the prompts that its turn has taken up, oldest first.</summary>
    IReadOnlyList<WorkRow> FindInbox(string sessionID);

    /// <summary>Notes which turn has taken a prompt up.</summary>
    void TakeInbox(string sessionID, string messageID, string turnID);

    /// <summary>Notes that a turn was taken up again after its process had died.</summary>
    void CountResumption(string sessionID, string turnID);

    /// <summary>Removes a prompt that was answered, cancelled or withdrawn from the inbox.</summary>
    void RemoveInbox(string sessionID, string messageID);

    /// <summary>Stores a permission request.</summary>
    void AddPermission(PermissionRow row);

    /// <summary>Stores the answer to a permission request that has none.</summary>
    void AnswerPermission(string sessionID, string requestID, PermissionAnswer answer);

    /// <summary>Removes a permission request that is settled and whose call has seen the answer.</summary>
    void RemovePermission(string sessionID, string requestID);

    /// <summary>Adds a standing approval, unless its workspace has that rule already.</summary>
    void AddApproval(ApprovalRow row);

    /// <summary>Finds the standing approvals of a workspace, oldest first.</summary>
    IReadOnlyList<ApprovalRow> FindApprovals(string directory);

    /// <summary>Whether there is a standing approval of that identifier.</summary>
    bool HasApproval(string approvalID);

    /// <summary>Revokes a standing approval.</summary>
    void RemoveApproval(string approvalID);

    /// <summary>
    /// Notes that a tool call begins to change something. Until <see cref="EndEffect"/>, the outcome of the call is unknown.
    /// </summary>
    void BeginEffect(string sessionID, string partID, long time);

    /// <summary>Notes that the effect of a tool call has ended.</summary>
    void EndEffect(string sessionID, string partID, long time);

    /// <summary>Whether a tool call has begun to change something.</summary>
    bool HasEffect(string sessionID, string partID);

    /// <summary>
    /// Finds a session's permission requests, oldest first; answered
    /// requests whose calls have not seen the answer are among them.
    /// </summary>
    IReadOnlyList<PermissionRow> FindPermissions(string sessionID);

    /// <summary>Replaces a session's task list.</summary>
    void PutTodos(string sessionID, byte[] todos);

    /// <summary>Creates or replaces a project.</summary>
    void PutProject(ProjectInfo project);

    /// <summary>Appends an event to the lane's part of the feed, and returns its number there.</summary>
    long AddEvent(
        string sessionID, long sessionSequence, string directory, string projectID, string type, string id, ReadOnlySequence<byte> json);

    /// <summary>
    /// Forgets the oldest events beyond the limits. One call forgets a limited number; later calls forget the others.
    /// </summary>
    /// <param name="last">The number of the newest event of the lane.</param>
    /// <param name="count">How many events are kept at the most.</param>
    /// <param name="bytes">How many bytes of events are kept at the most; the newest event stays, however large it is.</param>
    void TrimEvents(long last, long count, long bytes);
}
