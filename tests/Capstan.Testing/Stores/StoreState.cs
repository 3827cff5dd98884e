using System.Collections.Immutable;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Storage;

namespace Capstan.Testing.Stores;

/// <summary>All that a store holds at one moment. Immutable: what is committed cannot be touched by what is in flight.</summary>
public sealed record StoreState
{
    /// <summary>Nothing, in a feed of some lanes.</summary>
    public static StoreState Empty(int lanes) => new() { Lanes = [.. Enumerable.Repeat(new StoredLane(0, 1), lanes)] };

    /// <summary>The numbers of each lane of the feed.</summary>
    public required ImmutableArray<StoredLane> Lanes { get; init; }

    /// <summary>The place of the newest events.</summary>
    public EventCursor Newest => new([.. Lanes.Select(static lane => lane.Last)]);

    /// <summary>The earliest place from which all events are kept.</summary>
    public EventCursor Oldest => new([.. Lanes.Select(static lane => lane.First - 1)]);

    /// <summary>Sessions by identifier.</summary>
    public ImmutableSortedDictionary<string, SessionRow> Sessions { get; init; } = Sorted<SessionRow>();

    /// <summary>Messages by identifier, without their parts.</summary>
    public ImmutableSortedDictionary<string, StoredMessage> Messages { get; init; } = Sorted<StoredMessage>();

    /// <summary>Parts that were put for messages that were not there, as a table without foreign keys takes them.</summary>
    public ImmutableList<(string SessionID, string PartID)> OrphanedParts { get; init; } = [];

    /// <summary>Inbox rows by message.</summary>
    public ImmutableSortedDictionary<string, WorkRow> Inbox { get; init; } = Sorted<WorkRow>();

    /// <summary>Permission requests by identifier.</summary>
    public ImmutableSortedDictionary<string, PermissionRow> Permissions { get; init; } = Sorted<PermissionRow>();

    /// <summary>Standing approvals.</summary>
    public ImmutableList<ApprovalRow> Approvals { get; init; } = [];

    /// <summary>Effects of calls by part: the session, and whether it has ended.</summary>
    public ImmutableSortedDictionary<string, (string SessionID, bool IsEnded)> Effects { get; init; } = Sorted<(string, bool)>();

    /// <summary>Task lists by session.</summary>
    public ImmutableSortedDictionary<string, byte[]> Todos { get; init; } = Sorted<byte[]>();

    /// <summary>Projects by identifier.</summary>
    public ImmutableSortedDictionary<string, ProjectInfo> Projects { get; init; } = Sorted<ProjectInfo>();

    /// <summary>Events, oldest first; those of deleted sessions, which nobody can read any more, among them.</summary>
    public ImmutableList<PublishedEvent> Events { get; init; } = [];

    /// <summary>The events that told of deletions, by session.</summary>
    public ImmutableSortedDictionary<string, long> Deletions { get; init; } = Sorted<long>();

    /// <summary>The parts to which text was appended, and the byte at which that ends.</summary>
    public ImmutableSortedDictionary<string, (string SessionID, string MessageID, int End)> Growing { get; init; } =
        Sorted<(string, string, int)>();

    /// <summary>Every change of the inbox there ever was, oldest first: how prompts were admitted, taken up and done with.</summary>
    public ImmutableList<InboxChange> InboxLog { get; init; } = [];

    /// <summary>Whether an event is of a session that was deleted after it.</summary>
    public bool IsErased(PublishedEvent published) =>
        published.SessionID is { } id && Deletions.TryGetValue(id, out var deletion) && published.Sequence < deletion;

    /// <summary>The messages of a session with their parts, in the order of their places.</summary>
    public IEnumerable<MessageRow> MessagesOf(string sessionID) => Messages.Values
        .Where(message => message.Row.SessionID == sessionID)
        .OrderBy(static message => message.Row.Position)
        .Select(static message => message.WithParts());

    /// <summary>The inbox of a session, oldest first.</summary>
    public IEnumerable<WorkRow> InboxOf(string sessionID) =>
        Inbox.Values.Where(row => row.SessionID == sessionID).OrderBy(static row => row.Position);

    /// <summary>The standing approvals of a workspace, oldest first.</summary>
    public IEnumerable<ApprovalRow> ApprovalsOf(string directory) =>
        Approvals.Where(row => row.Directory == directory).OrderBy(static row => row.ID, StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, T> Sorted<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}
