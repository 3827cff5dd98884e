using Capstan.Engine.Events;
using Capstan.Engine.Storage;

namespace Capstan.Testing.Stores;

/// <summary>What tests read of a store.</summary>
public static class StoreReading
{
    /// <summary>All events that are kept after a place, page by page, oldest first.</summary>
    /// <param name="store">The store.</param>
    /// <param name="after">The place; null for the beginning.</param>
    /// <param name="cancellationToken">Stops the read.</param>
    public static async Task<List<PublishedEvent>> ReadAllEventsAsync(
        this IStore store, EventCursor? after = null, CancellationToken cancellationToken = default)
    {
        var last = after ?? EventCursor.Start(store.Lanes.Count);
        var end = new EventCursor([.. store.Lanes.Select(static _ => long.MaxValue)]);
        var all = new List<PublishedEvent>();
        while (await store.ReadEventsAsync(last, end, null, int.MaxValue, cancellationToken) is { Count: > 0 } page)
        {
            all.AddRange(page);
            foreach (var published in page)
                last = last.With(published.Lane, published.Sequence);
        }

        return all;
    }

    /// <summary>Begins a write in the only lane of a store.</summary>
    public static IStoreTransaction Begin(this IStore store, params IReadOnlyList<string> sessions) => store.Lanes.Single().Begin(sessions);
}
