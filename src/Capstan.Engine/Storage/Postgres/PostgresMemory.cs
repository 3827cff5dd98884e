using System.Buffers;
using Npgsql;
using static Capstan.Engine.Storage.Postgres.PostgresValue;

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
    private bool _knowsGrowing;

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

    /// <summary>The statements that read what is not remembered; none where everything is.</summary>
    /// <param name="sessions">The sessions of which nothing is remembered.</param>
    public IReadOnlyList<NpgsqlBatchCommand> Missing(string[] sessions)
    {
        var statements = new List<NpgsqlBatchCommand>();
        if (!_knowsGrowing)
            statements.Add(Statement("SELECT DISTINCT part_id FROM part_append"));
        if (sessions.Length == 0)
            return statements;
        statements.Add(Statement($"SELECT {StoredRows.SessionColumns} FROM session WHERE id = ANY($1)", Texts(sessions)));
        statements.Add(Statement(
            $"SELECT {StoredRows.InboxColumns} FROM inbox WHERE session_id = ANY($1) ORDER BY position", Texts(sessions)));
        statements.Add(Statement($"SELECT {StoredRows.PermissionColumns} FROM permission WHERE session_id = ANY($1)", Texts(sessions)));
        statements.Add(Statement("SELECT session_id, id FROM message WHERE session_id = ANY($1) AND is_open", Texts(sessions)));
        return statements;
    }

    /// <summary>Remembers what the statements of <see cref="Missing"/> have read.</summary>
    /// <param name="sessions">The sessions that were given to <see cref="Missing"/>.</param>
    /// <param name="rows">The rows, before the first.</param>
    public void Fill(string[] sessions, NpgsqlDataReader rows)
    {
        if (!_knowsGrowing)
        {
            _growing.UnionWith(PostgresRows.All(rows, static row => row.GetString(0)));
            _knowsGrowing = true;
        }

        if (sessions.Length == 0)
            return;
        var read = sessions.ToDictionary(static id => id, static _ => new RememberedSession());
        foreach (var row in PostgresRows.All(rows, StoredRows.Session))
            read[row.Info.ID].Row = row;
        foreach (var row in PostgresRows.All(rows, StoredRows.Work))
            read[row.SessionID].Add(row);
        foreach (var row in PostgresRows.All(rows, StoredRows.Permission))
            read[row.SessionID].Add(row);
        foreach (var (sessionID, id) in PostgresRows.All(rows, static row => (row.GetString(0), row.GetString(1))))
            read[sessionID].Open.Add(id);
        foreach (var (sessionID, session) in read)
            _sessions[sessionID] = session;
    }

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
        _knowsGrowing = false;
    }

    private sealed class WaitingPrompt(MessageRow row)
    {
        public MessageRow Row { get; set; } = row;

        // By their identifiers, in the order in which they were first stored.
        public OrderedDictionary<string, ReadOnlyMemory<byte>> Parts { get; } = new(StringComparer.Ordinal);
    }
}
