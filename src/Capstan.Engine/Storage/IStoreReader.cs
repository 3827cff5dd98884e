using Capstan.Contract;
using Capstan.Engine.Events;

namespace Capstan.Engine.Storage;

/// <summary>
/// Reads a store. Reading needs no ownership: it sees what is committed, from any thread, also while another process writes.
/// </summary>
public interface IStoreReader : IAsyncDisposable
{
    /// <summary>Finds one session; null where there is none.</summary>
    ValueTask<SessionRow?> FindSessionAsync(string sessionID, CancellationToken cancellationToken);

    /// <summary>Lists sessions, the most recently changed first.</summary>
    ValueTask<IReadOnlyList<SessionRow>> ListSessionsAsync(SessionQuery query, CancellationToken cancellationToken);

    /// <summary>Lists the sessions that are not idle.</summary>
    ValueTask<IReadOnlyList<SessionRow>> ListActiveSessionsAsync(CancellationToken cancellationToken);

    /// <summary>Lists the identifiers of a session's children, in no particular order.</summary>
    ValueTask<IReadOnlyList<string>> ListChildrenAsync(string sessionID, CancellationToken cancellationToken);

    /// <summary>Reads a session's messages, in the order in which the server admitted them.</summary>
    ValueTask<MessagePage> ReadMessagesAsync(MessageQuery query, CancellationToken cancellationToken);

    /// <summary>Finds one message with its parts; null where there is none.</summary>
    ValueTask<MessageRow?> FindMessageAsync(string sessionID, string messageID, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the messages that the model is to see, in the order of their places
    /// in the context, those after the place <paramref name="after"/>.
    /// </summary>
    ValueTask<IReadOnlyList<MessageRow>> ReadContextAsync(string sessionID, long after, CancellationToken cancellationToken);

    /// <summary>Reads a session's inbox and the prompts that its turn has taken up, oldest first.</summary>
    ValueTask<IReadOnlyList<WorkRow>> ReadInboxAsync(string sessionID, CancellationToken cancellationToken);

    /// <summary>Lists the permission requests that nobody has answered yet, oldest first.</summary>
    ValueTask<IReadOnlyList<PermissionRow>> ListPermissionsAsync(CancellationToken cancellationToken);

    /// <summary>Lists the tool calls that have begun to change something and have not returned, by their parts' identifiers.</summary>
    ValueTask<IReadOnlyList<EffectRow>> ListOpenEffectsAsync(CancellationToken cancellationToken);

    /// <summary>Lists the standing approvals of a workspace, oldest first.</summary>
    ValueTask<IReadOnlyList<ApprovalRow>> ListApprovalsAsync(string directory, CancellationToken cancellationToken);

    /// <summary>Finds a session's task list as JSON; null where there is none.</summary>
    ValueTask<ReadOnlyMemory<byte>?> FindTodosAsync(string sessionID, CancellationToken cancellationToken);

    /// <summary>Lists the projects seen so far.</summary>
    ValueTask<IReadOnlyList<ProjectInfo>> ListProjectsAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Lists the parts to which text was appended after they were stored whole: those of one workspace, or of all where null.
    /// </summary>
    ValueTask<IReadOnlyList<GrowingPart>> ListGrowingPartsAsync(string? directory, CancellationToken cancellationToken);

    /// <summary>The earliest place in the feed from which all events are kept.</summary>
    ValueTask<EventCursor> FindOldestCursorAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads events after one place in the feed and up to another, those of each session in order. Of a deleted session only its
    /// <c>session.deleted</c> is returned.
    /// </summary>
    /// <param name="after">The place up to which the reader already has the events.</param>
    /// <param name="upTo">The place up to which the reader wants them.</param>
    /// <param name="directory">Only events of this workspace, or of all workspaces where null.</param>
    /// <param name="limit">
    /// How many events at the most. Fewer are returned where they are large, but at least one where there is one.
    /// </param>
    /// <param name="cancellationToken">Stops the read.</param>
    ValueTask<IReadOnlyList<PublishedEvent>> ReadEventsAsync(
        EventCursor after, EventCursor upTo, string? directory, int limit, CancellationToken cancellationToken);
}
