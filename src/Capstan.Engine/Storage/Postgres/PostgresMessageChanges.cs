using Npgsql;
using static Capstan.Engine.Storage.Postgres.PostgresValue;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>The changes of a write to rows of <c>message</c> that are not sent yet.</summary>
internal sealed class PostgresMessageChanges
{
    // In the order in which the messages were first changed.
    private readonly OrderedDictionary<string, Change> _changes = new(StringComparer.Ordinal);

    /// <summary>Creates a message. A second message of the same identifier is refused by the database.</summary>
    public void Add(PostgresLink link, string id, Change change)
    {
        if (_changes.ContainsKey(id))
            MoveTo(link);
        _changes.Add(id, change);
    }

    /// <summary>The change of a message, to be changed further.</summary>
    public Change Of(string id)
    {
        if (!_changes.TryGetValue(id, out var change))
            _changes.Add(id, change = new Change());
        return change;
    }

    /// <summary>Hands the changes over.</summary>
    public void MoveTo(PostgresLink link)
    {
        if (_changes.Count == 0)
            return;
        var added = _changes.Where(static pair => pair.Value.IsNew).ToArray();
        if (added.Length > 0)
            link.Add(Insert(added));
        var changed = _changes.Where(static pair => !pair.Value.IsNew).ToArray();
        if (changed.Length > 0)
            link.Add(Update(changed));
        _changes.Clear();
    }

    public void Clear() => _changes.Clear();

    private static NpgsqlBatchCommand Insert(KeyValuePair<string, Change>[] rows) => Statement(
        """
        INSERT INTO message (id, session_id, position, context, is_open, fingerprint, outcome, data)
        SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        Texts(rows.Select(static row => row.Key)),
        Texts(rows.Select(static row => row.Value.SessionID)),
        Numbers(rows.Select(static row => row.Value.Position)),
        Numbers(rows.Select(static row => row.Value.Context)),
        Flags(rows.Select(static row => row.Value.IsOpen)),
        Texts(rows.Select(static row => row.Value.Fingerprint)),
        Integers(rows.Select(static row => (int?)row.Value.Outcome)),
        ByteArrays(rows.Select(static row => row.Value.Info)));

    private static NpgsqlBatchCommand Update(KeyValuePair<string, Change>[] rows) => Statement(
        """
        UPDATE message SET
            context = coalesce(changed.context, message.context),
            is_open = coalesce(changed.is_open, message.is_open),
            outcome = coalesce(changed.outcome, message.outcome),
            data = coalesce(changed.data, message.data)
        FROM unnest($1, $2, $3, $4, $5) AS changed (id, context, is_open, outcome, data)
        WHERE message.id = changed.id
        """,
        Texts(rows.Select(static row => row.Key)),
        Numbers(rows.Select(static row => row.Value.Context)),
        Flags(rows.Select(static row => row.Value.IsOpen)),
        Integers(rows.Select(static row => (int?)row.Value.Outcome)),
        ByteArrays(rows.Select(static row => row.Value.Info)));

    /// <summary>What changes of a message; what is null stays as it is stored.</summary>
    public sealed class Change
    {
        /// <summary>Whether the message is created.</summary>
        public bool IsNew => SessionID is not null;

        /// <summary>The session of a message that is created; null where the message is stored already, as are the next two.</summary>
        public string? SessionID { get; init; }

        public long? Position { get; init; }

        public string? Fingerprint { get; init; }

        public long? Context { get; set; }

        public bool? IsOpen { get; set; }

        public StepOutcome? Outcome { get; set; }

        public byte[]? Info { get; set; }
    }
}
