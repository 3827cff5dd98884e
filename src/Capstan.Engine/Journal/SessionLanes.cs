namespace Capstan.Engine.Journal;

/// <summary>
/// Says which lane writes a session. The answer is kept in databases, by the numbers of events, so this calculation must never change.
/// </summary>
internal static class SessionLanes
{
    /// <summary>The lane of a session, from 0: FNV-1a of its identifier. What belongs to no session is written by lane 0.</summary>
    /// <param name="sessionID">The session, or null.</param>
    /// <param name="lanes">How many lanes there are.</param>
    public static int Of(string? sessionID, int lanes)
    {
        if (sessionID is null || lanes == 1)
            return 0;
        var hash = 2166136261u;
        foreach (var character in sessionID)
            hash = (hash ^ character) * 16777619u;
        return (int)(hash % (uint)lanes);
    }
}
