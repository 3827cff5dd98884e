namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// What a lane knows of its sessions without asking the database. Only this lane writes them, so what it knows stays true as long as
/// it is kept in step with each change; once a write is undone, all of it is forgotten.
/// </summary>
internal sealed class PostgresMemory
{
    private const int RememberedSessions = 2048;

    private readonly Dictionary<string, RememberedSession> _sessions = [];
    // The parts that have appended text, in other lanes as well. As long as there are none, no write looks for appended text.
    private readonly HashSet<string> _growing = [];

    /// <summary>Whether it is known which parts have appended text.</summary>
    public bool KnowsGrowing { get; private set; }

    /// <summary>Whether any part may have appended text.</summary>
    public bool HasGrowing => _growing.Count > 0;

    /// <summary>What is known of a session; null where nothing is.</summary>
    public RememberedSession? this[string sessionID] => _sessions.GetValueOrDefault(sessionID);

    /// <summary>Makes room where there is too little. To be called between writes.</summary>
    public void Trim()
    {
        if (_sessions.Count > RememberedSessions)
            _sessions.Clear();
    }

    /// <summary>Remembers what was read of a session.</summary>
    public void Remember(string sessionID, RememberedSession session) => _sessions[sessionID] = session;

    /// <summary>Remembers which parts have appended text.</summary>
    public void RememberGrowing(IEnumerable<string> parts)
    {
        _growing.Clear();
        _growing.UnionWith(parts);
        KnowsGrowing = true;
    }

    /// <summary>Notes that text is appended to a part.</summary>
    public void Grow(string partID) => _growing.Add(partID);

    /// <summary>Notes that a part has no appended text any more.</summary>
    /// <returns>Whether it may have had any.</returns>
    public bool StopGrowing(string partID) => _growing.Remove(partID);

    /// <summary>Forgets everything, because a write was undone.</summary>
    public void Forget()
    {
        _sessions.Clear();
        _growing.Clear();
        KnowsGrowing = false;
    }
}
