using Capstan.Engine.Events;

namespace Capstan.Engine.Storage;

/// <summary>
/// Keeps sessions, messages, parts, the inbox, permissions, projects and events. One process owns a store at a time, and each of
/// its writes is checked against its epoch. The interface holds rows and numbers, and no idiom of one database engine.
/// </summary>
public interface IStore : IStoreReader
{
    /// <summary>
    /// The number of this process's ownership, with which its writes are checked; a later owner has a higher number.
    /// </summary>
    long Epoch { get; }

    /// <summary>
    /// The ordered writers of the store. The writes of a session always go to the same one. Their number never changes during the life
    /// of a database.
    /// </summary>
    IReadOnlyList<IStoreLane> Lanes { get; }

    /// <summary>The place of the newest events when the store was opened.</summary>
    EventCursor NewestCursor { get; }

    /// <summary>
    /// Why the store cannot be reached at the moment; null where it can, as far as is known without asking. A store that is always there
    /// never says so.
    /// </summary>
    StoreUnavailableException? Outage => null;

    /// <summary>Says where this server listens, for processes that find the store in use.</summary>
    void Announce(Uri address);
}
