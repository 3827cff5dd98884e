using System.Buffers;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// What a lane knows of its sessions without asking the database. Only this lane writes them, so what it knows stays true as long as
/// it is kept in step with each change; once a write is undone, all of it is forgotten.
/// </summary>
internal sealed class PostgresMemory
{
    private const int RememberedSessions = 2048;
    private const int RememberedPrompts = 2048;
    // In bytes.
    private const int LongPrompt = 16 * 1024;

    private readonly Dictionary<string, RememberedSession> _sessions = [];
    // The prompts that wait in inboxes, or are answered at the moment: the look that takes one up reads it.
    private readonly Dictionary<string, WaitingPrompt> _waiting = [];
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
        if (_waiting.Count > RememberedPrompts)
            _waiting.Clear();
    }

    /// <summary>Remembers what was read of a session.</summary>
    public void Remember(string sessionID, RememberedSession session) => _sessions[sessionID] = session;

    /// <summary>A prompt that waits, with its parts; null where it is not remembered.</summary>
    public MessageRow? FindWaiting(string messageID) =>
        _waiting.TryGetValue(messageID, out var prompt) ? prompt.Row with { Parts = [.. prompt.Parts.Values] } : null;

    /// <summary>Remembers a prompt that is being admitted. It has no parts yet.</summary>
    public void AddWaiting(MessageRow prompt) => _waiting[prompt.ID] = new WaitingPrompt(prompt);

    /// <summary>Notes the place that a prompt is given in the context.</summary>
    public void SetContext(string messageID, long context)
    {
        if (_waiting.TryGetValue(messageID, out var prompt))
            prompt.Row = prompt.Row with { Context = context };
    }

    /// <summary>Notes a part of a prompt. A long prompt is forgotten, so that the memory stays small.</summary>
    public void AddToWaiting(string messageID, string partID, in ReadOnlySequence<byte> json)
    {
        if (!_waiting.TryGetValue(messageID, out var prompt))
            return;
        if (json.Length > LongPrompt - prompt.Parts.Values.Sum(static part => part.Length))
            _waiting.Remove(messageID);
        else
            prompt.Parts[partID] = PostgresValue.Array(json);
    }

    /// <summary>Forgets a prompt, because it has changed or gone.</summary>
    public void ForgetWaiting(string messageID) => _waiting.Remove(messageID);

    /// <summary>Notes that a session is deleted.</summary>
    public void Delete(string sessionID)
    {
        _sessions[sessionID] = new RememberedSession();
        foreach (var (id, prompt) in _waiting)
        {
            if (prompt.Row.SessionID == sessionID)
                _waiting.Remove(id);
        }
    }

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
        _waiting.Clear();
        _growing.Clear();
        KnowsGrowing = false;
    }

    private sealed class WaitingPrompt(MessageRow row)
    {
        public MessageRow Row { get; set; } = row;

        // By their identifiers, in the order in which they were first stored.
        public OrderedDictionary<string, ReadOnlyMemory<byte>> Parts { get; } = new(StringComparer.Ordinal);
    }
}
