using System.Buffers;
using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>
/// One write: all of it or nothing. Rows hold the wire's JSON as it will be served. Disposing without
/// <see cref="Commit"/> undoes everything.
/// </summary>
public interface IStoreTransaction : IDisposable
{
    /// <summary>Makes the write durable; when it returns, a crash loses none of it.</summary>
    void Commit();

    /// <summary>One session, or null.</summary>
    SessionRow? FindSession(string sessionID);

    /// <summary>Creates or replaces a session.</summary>
    void PutSession(SessionRow session);

    /// <summary>The identifiers of a session's children.</summary>
    IReadOnlyList<string> FindChildren(string sessionID);

    /// <summary>
    /// Deletes a session and all that belongs to it, its children and the effects that have not ended excepted: their processes may
    /// outlive both session and server. Its earlier events are no longer read from here on and erased by and by.
    /// </summary>
    /// <param name="sessionID">The session.</param>
    /// <param name="lastEvent">The event that tells of the deletion; it stays.</param>
    void DeleteSession(string sessionID, long lastEvent);

    /// <summary>One message with its parts, or null.</summary>
    MessageRow? FindMessage(string messageID);

    /// <summary>Creates a message.</summary>
    /// <param name="sessionID">Its session.</param>
    /// <param name="messageID">Its identifier.</param>
    /// <param name="isOpen">Whether a turn is still writing it.</param>
    /// <param name="position">Its place in the history.</param>
    /// <param name="context">Its place in what the model sees; null while it waits in the inbox.</param>
    /// <param name="fingerprint">What the request said, so that a repetition can be told from a conflict.</param>
    /// <param name="info">The message's JSON.</param>
    void AddMessage(
        string sessionID, string messageID, bool isOpen, long position, long? context, string? fingerprint, byte[] info);

    /// <summary>Replaces a message's JSON.</summary>
    void UpdateMessage(string sessionID, string messageID, bool isOpen, byte[] info);

    /// <summary>Closes a step's message, and notes how the step ended.</summary>
    void EndStep(string sessionID, string messageID, StepOutcome outcome, byte[] info);

    /// <summary>Removes a message and its parts.</summary>
    void RemoveMessage(string messageID);

    /// <summary>Gives a message its place in what the model sees.</summary>
    void SetContext(string sessionID, string messageID, long context);

    /// <summary>Creates a part behind all others of its message, or replaces one where it stands.</summary>
    void PutPart(string sessionID, string messageID, string partID, ReadOnlySequence<byte> part);

    /// <summary>
    /// Puts text into a part that is stored, behind what was appended before: a part that grows costs what is new of it.
    /// <see cref="PutPart"/> replaces the part and what was appended.
    /// </summary>
    /// <param name="sessionID">Its session.</param>
    /// <param name="messageID">Its message.</param>
    /// <param name="partID">Its identifier.</param>
    /// <param name="position">The byte of the part, as it was put, before which the text goes; the same each time.</param>
    /// <param name="text">The text, as the inside of a JSON string; may be empty, which marks the part as growing.</param>
    void AppendPart(string sessionID, string messageID, string partID, int position, ReadOnlySequence<byte> text);

    /// <summary>Removes a part.</summary>
    void RemovePart(string messageID, string partID);

    /// <summary>The open messages of a session, oldest first.</summary>
    IReadOnlyList<MessageRow> FindOpenMessages(string sessionID);

    /// <summary>The message that the model would see last, with its parts, or null.</summary>
    /// <param name="sessionID">The session.</param>
    /// <param name="before">Only messages before this place in the context.</param>
    MessageRow? FindLastMessage(string sessionID, long before = long.MaxValue);

    /// <summary>Admits a prompt.</summary>
    void AddInbox(InboxRow row);

    /// <summary>Prompts that wait or are being answered, oldest first.</summary>
    IReadOnlyList<InboxRow> FindInbox(string sessionID);

    /// <summary>Notes which turn has taken a prompt up.</summary>
    void TakeInbox(string sessionID, string messageID, string turnID);

    /// <summary>Notes that a turn was taken up again after its process had died.</summary>
    void CountResumption(string sessionID, string turnID);

    /// <summary>Removes a prompt that was answered, cancelled or withdrawn.</summary>
    void RemoveInbox(string sessionID, string messageID);

    /// <summary>Stores a permission request.</summary>
    void AddPermission(PermissionRow row);

    /// <summary>Stores the answer to a permission request and tells whether it was still waiting.</summary>
    bool AnswerPermission(string requestID, PermissionAnswer answer);

    /// <summary>Removes a permission request that is settled and done with.</summary>
    void RemovePermission(string requestID);

    /// <summary>Adds a standing approval, unless its workspace has that rule already.</summary>
    void AddApproval(ApprovalRow row);

    /// <summary>The standing approvals of a workspace, oldest first.</summary>
    IReadOnlyList<ApprovalRow> FindApprovals(string directory);

    /// <summary>Revokes a standing approval and tells whether there was one.</summary>
    bool RemoveApproval(string approvalID);

    /// <summary>Notes that a tool call begins to change something; until it ends, its outcome is unknown.</summary>
    void BeginEffect(string sessionID, string partID, long time);

    /// <summary>Notes that the effect of a tool call has ended.</summary>
    void EndEffect(string partID, long time);

    /// <summary>Whether a tool call has begun to change something.</summary>
    bool HasEffect(string partID);

    /// <summary>A session's permission requests, answered ones that their calls have not seen among them, oldest first.</summary>
    IReadOnlyList<PermissionRow> FindPermissions(string sessionID);

    /// <summary>Replaces a session's task list.</summary>
    void PutTodos(string sessionID, byte[] todos);

    /// <summary>Creates or replaces a project.</summary>
    void PutProject(ProjectInfo project);

    /// <summary>The next place in histories and contexts; later calls give higher numbers.</summary>
    long NextPosition();

    /// <summary>Appends an event and returns its sequence number.</summary>
    long AddEvent(
        string? sessionID, long sessionSequence, string directory, string projectID, string type, string id, ReadOnlySequence<byte> json);

    /// <summary>Forgets the oldest events beyond what is to be kept; where these are many, some of them.</summary>
    /// <param name="last">The newest event.</param>
    /// <param name="count">How many are kept.</param>
    /// <param name="bytes">Bytes of the newest ones that are kept; the newest event of all stays, however large it is.</param>
    void TrimEvents(long last, long count, long bytes);
}
