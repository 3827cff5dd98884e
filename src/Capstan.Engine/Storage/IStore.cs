using Capstan.Contract;
using Capstan.Engine.Events;

namespace Capstan.Engine.Storage;

/// <summary>
/// Where everything is kept. One process owns a store at a time and is named in every write by its epoch; reads may come from any
/// thread and see what is committed. The interface holds rows and sequence numbers and no idiom of an engine.
/// </summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>The ownership under which this process writes; a later owner has a higher one.</summary>
    long Epoch { get; }

    /// <summary>The sequence number of the newest event, 0 where there is none.</summary>
    long LastEventSequence { get; }

    /// <summary>Says where the owner listens, to processes that find the store in use.</summary>
    void Announce(Uri address);

    /// <summary>What there is to do in a quiet moment.</summary>
    StoreUpkeep Upkeep { get; }

    /// <summary>Does a short step of <see cref="Upkeep"/>, or the rewrite. Only the journal calls it, from its thread, between writes.</summary>
    void RunUpkeep();

    /// <summary>Begins a write. Only the journal calls it, from one thread, one transaction at a time.</summary>
    /// <exception cref="StoreFencedException">A later owner has taken the store over.</exception>
    IStoreTransaction Begin();

    /// <summary>One session, or null.</summary>
    ValueTask<SessionRow?> FindSessionAsync(string sessionID, CancellationToken cancellationToken);

    /// <summary>Sessions, newest change first.</summary>
    ValueTask<IReadOnlyList<SessionRow>> ListSessionsAsync(SessionQuery query, CancellationToken cancellationToken);

    /// <summary>The sessions that are not idle.</summary>
    ValueTask<IReadOnlyList<SessionRow>> ListActiveSessionsAsync(CancellationToken cancellationToken);

    /// <summary>A session's messages in the order in which the server admitted them.</summary>
    ValueTask<MessagePage> ReadMessagesAsync(MessageQuery query, CancellationToken cancellationToken);

    /// <summary>One message with its parts, or null.</summary>
    ValueTask<MessageRow?> FindMessageAsync(string sessionID, string messageID, CancellationToken cancellationToken);

    /// <summary>What the model is to see: messages by their place in the context, from <paramref name="after"/> on.</summary>
    ValueTask<IReadOnlyList<MessageRow>> ReadContextAsync(string sessionID, long after, CancellationToken cancellationToken);

    /// <summary>Prompts that wait or are being answered, oldest first.</summary>
    ValueTask<IReadOnlyList<InboxRow>> ReadInboxAsync(string sessionID, CancellationToken cancellationToken);

    /// <summary>Permission requests that wait for an answer, oldest first.</summary>
    ValueTask<IReadOnlyList<PermissionRow>> ListPermissionsAsync(CancellationToken cancellationToken);

    /// <summary>The parts of the calls that have begun to change something and have not returned.</summary>
    ValueTask<IReadOnlyList<string>> ListOpenEffectsAsync(CancellationToken cancellationToken);

    /// <summary>The standing approvals of a workspace, oldest first.</summary>
    ValueTask<IReadOnlyList<ApprovalRow>> ListApprovalsAsync(string directory, CancellationToken cancellationToken);

    /// <summary>A session's task list as JSON, or null.</summary>
    ValueTask<ReadOnlyMemory<byte>?> FindTodosAsync(string sessionID, CancellationToken cancellationToken);

    /// <summary>The projects seen so far.</summary>
    ValueTask<IReadOnlyList<ProjectInfo>> ListProjectsAsync(CancellationToken cancellationToken);

    /// <summary>The parts to which text was appended since they were put, of one workspace or of all where null.</summary>
    ValueTask<IReadOnlyList<GrowingPart>> ListGrowingPartsAsync(string? directory, CancellationToken cancellationToken);

    /// <summary>The oldest event that is kept, or the number of the next one where none is.</summary>
    ValueTask<long> FirstEventSequenceAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Events after one sequence number and up to another, in order. Of a session that was deleted, its <c>session.deleted</c> is left.
    /// </summary>
    /// <param name="after">The last one that is already known.</param>
    /// <param name="upTo">The last one that is wanted.</param>
    /// <param name="directory">Only those of this workspace, or of all where null.</param>
    /// <param name="limit">How many at the most; fewer where they are large, but one at least where there is one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<PublishedEvent>> ReadEventsAsync(
        long after, long upTo, string? directory, int limit, CancellationToken cancellationToken);
}
