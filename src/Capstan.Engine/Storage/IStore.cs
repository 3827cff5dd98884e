using Capstan.Contract;
using Capstan.Engine.Events;

namespace Capstan.Engine.Storage;

/// <summary>
/// Keeps sessions, messages, parts, the inbox, permissions, projects and events. One process owns a store at a time, and each of
/// its writes is checked against its epoch; reads may come from any thread and see what is committed. The interface holds rows
/// and sequence numbers, and no idiom of one database engine.
/// </summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>
    /// The number of this process's ownership, with which its writes are checked; a later owner has a higher number.
    /// </summary>
    long Epoch { get; }

    /// <summary>The sequence number of the newest event when the store was opened; 0 where there was none.</summary>
    long LastEventSequence { get; }

    /// <summary>Says where this server listens, for processes that find the store in use.</summary>
    void Announce(Uri address);

    /// <summary>The upkeep that the store needs in a quiet moment.</summary>
    StoreUpkeep Upkeep { get; }

    /// <summary>
    /// Does one short step of <see cref="Upkeep"/>, or the rewrite. Only the journal calls this, from its thread, between writes.
    /// </summary>
    void RunUpkeep();

    /// <summary>Begins a write. Only the journal calls this, from one thread, one transaction at a time.</summary>
    /// <exception cref="StoreFencedException">A later owner has taken the store over.</exception>
    IStoreTransaction Begin();

    /// <summary>Finds one session; null where there is none.</summary>
    ValueTask<SessionRow?> FindSessionAsync(string sessionID, CancellationToken cancellationToken);

    /// <summary>Lists sessions, the most recently changed first.</summary>
    ValueTask<IReadOnlyList<SessionRow>> ListSessionsAsync(SessionQuery query, CancellationToken cancellationToken);

    /// <summary>Lists the sessions that are not idle.</summary>
    ValueTask<IReadOnlyList<SessionRow>> ListActiveSessionsAsync(CancellationToken cancellationToken);

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
    ValueTask<IReadOnlyList<InboxRow>> ReadInboxAsync(string sessionID, CancellationToken cancellationToken);

    /// <summary>Lists the permission requests that nobody has answered yet, oldest first.</summary>
    ValueTask<IReadOnlyList<PermissionRow>> ListPermissionsAsync(CancellationToken cancellationToken);

    /// <summary>Lists the identifiers of tool parts whose calls have begun to change something and have not returned.</summary>
    ValueTask<IReadOnlyList<string>> ListOpenEffectsAsync(CancellationToken cancellationToken);

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

    /// <summary>The sequence number of the oldest event that is kept, or of the next event where none is kept.</summary>
    ValueTask<long> FirstEventSequenceAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads events after one sequence number and up to another, in order. Of
    /// a deleted session only its <c>session.deleted</c> is returned.
    /// </summary>
    /// <param name="after">The sequence number of the last event that the reader already has.</param>
    /// <param name="upTo">The sequence number of the last event that the reader wants.</param>
    /// <param name="directory">Only events of this workspace, or of all workspaces where null.</param>
    /// <param name="limit">
    /// How many events at the most. Fewer are returned where they are large, but at least one where there is one.
    /// </param>
    /// <param name="cancellationToken">Stops the read.</param>
    ValueTask<IReadOnlyList<PublishedEvent>> ReadEventsAsync(
        long after, long upTo, string? directory, int limit, CancellationToken cancellationToken);
}
