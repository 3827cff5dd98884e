using System.Collections.Concurrent;
using Capstan.Engine.Storage;

namespace Capstan.Engine.Turns;

/// <summary>
/// The sessions that lost a write. A turn does not await most of its writes; where one of them fails, the turn's own state and
/// the store differ. The turn's next look puts the store in order and ends the turn with the reason; where the store could not be reached,
/// the turn goes on as it does after the process died.
/// </summary>
internal sealed class LostWrites
{
    private readonly ConcurrentDictionary<string, Loss> _losses = new();

    /// <summary>Notes a failed write of a session. Of several failures, the message of the first is kept.</summary>
    public void Add(string sessionID, Exception exception) => _losses.AddOrUpdate(
        sessionID,
        static (_, failure) => new Loss(failure.Message, 1, failure is StoreUnavailableException),
        static (_, known, failure) => known with { Count = known.Count + 1, IsAway = known.IsAway && failure is StoreUnavailableException },
        exception);

    /// <summary>The lost writes of a session, or null where there are none.</summary>
    public Loss? Find(string sessionID) => _losses.GetValueOrDefault(sessionID);

    /// <summary>
    /// Drops the loss that <see cref="Find"/> returned, once it is mended. Where another write was lost since then, the loss
    /// stays noted for the turn's next look.
    /// </summary>
    public void Forget(string sessionID, Loss found) => _losses.TryRemove(KeyValuePair.Create(sessionID, found));

    /// <summary>The lost writes of one session.</summary>
    /// <param name="Reason">Why the first of these writes was lost.</param>
    /// <param name="Count">How many writes were lost.</param>
    /// <param name="IsAway">Whether all of them were lost because the store could not be reached, and not because of what was written.</param>
    public sealed record Loss(string Reason, int Count, bool IsAway);
}
