using System.Collections.Concurrent;

namespace Capstan.Engine.Turns;

/// <summary>
/// Turns do not wait for most of what they write. Where such a write fails, what the turn believes and what is stored differ, so the
/// session is noted here; the turn's next look into the store puts the store's side in order and ends the turn with the reason.
/// </summary>
internal sealed class LostWrites
{
    private readonly ConcurrentDictionary<string, Loss> _losses = new();

    /// <summary>Notes a write that failed; of several, the first is the reason.</summary>
    public void Add(string sessionID, Exception exception) => _losses.AddOrUpdate(
        sessionID,
        static (_, reason) => new Loss(reason, 1),
        static (_, known, _) => known with { Count = known.Count + 1 },
        exception.Message);

    /// <summary>What was lost of a session, or null.</summary>
    public Loss? Find(string sessionID) => _losses.GetValueOrDefault(sessionID);

    /// <summary>What was found is mended. What was lost after it was found is not, and stays noted for the next look.</summary>
    public void Forget(string sessionID, Loss found) => _losses.TryRemove(KeyValuePair.Create(sessionID, found));

    /// <summary>Writes that were lost.</summary>
    /// <param name="Reason">Why the first of them was.</param>
    /// <param name="Count">How many they are.</param>
    public sealed record Loss(string Reason, int Count);
}
