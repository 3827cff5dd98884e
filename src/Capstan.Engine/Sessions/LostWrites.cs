using System.Collections.Concurrent;

namespace Capstan.Engine.Sessions;

/// <summary>
/// Turns do not wait for most of what they write. Where such a write fails, what the turn believes and what is stored differ, so the
/// session is noted here; the turn's next look into the store puts the store's side in order and ends the turn with the reason.
/// </summary>
internal sealed class LostWrites
{
    private readonly ConcurrentDictionary<string, string> _reasons = new();

    /// <summary>Notes a write that failed; of several, the first is the reason.</summary>
    public void Add(string sessionID, Exception exception) => _reasons.TryAdd(sessionID, exception.Message);

    /// <summary>Why writes of a session were lost, or null.</summary>
    public string? Find(string sessionID) => _reasons.GetValueOrDefault(sessionID);

    /// <summary>What was lost is mended.</summary>
    public void Forget(string sessionID) => _reasons.TryRemove(sessionID, out _);
}
