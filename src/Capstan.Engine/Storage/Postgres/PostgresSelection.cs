using Npgsql;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// Which messages to read, with their parts and the text appended to these, in one statement. No JSON is parsed.
/// </summary>
/// <param name="Condition">What follows <c>FROM message</c>, with the order and the limit.</param>
/// <param name="Order">The column that puts the messages in order.</param>
/// <param name="IsWhole">Whether most messages of the session <c>$1</c> are read: then all of its parts are read in one go.</param>
internal readonly record struct PostgresSelection(string Condition, string Order, bool IsWhole = false)
{
    // The columns behind those of the message.
    private const int PartIDs = 7;
    private const int AppendedIDs = 9;

    // Each message's parts are looked up by their key: a join would be free to read all parts of the session.
    private const string ByKey =
        """
        CROSS JOIN LATERAL (
            SELECT array_agg(part.id) AS ids, array_agg(part.data) AS contents
            FROM (SELECT part.id, part.data FROM part
                WHERE part.session_id = chosen.session_id AND part.message_id = chosen.id ORDER BY part.position) AS part) AS parts
        CROSS JOIN LATERAL (
            SELECT array_agg(text.part_id) AS part_ids, array_agg(text.position) AS positions, array_agg(text.data) AS texts
            FROM (SELECT text.part_id, text.position, text.data FROM part_append AS text
                WHERE text.session_id = chosen.session_id AND text.message_id = chosen.id ORDER BY text.id) AS text) AS appended
        """;

    private const string TogetherForSession =
        """
        LEFT JOIN (
            SELECT part.message_id, array_agg(part.id) AS ids, array_agg(part.data) AS contents
            FROM (SELECT part.message_id, part.id, part.data FROM part
                WHERE part.session_id = $1 ORDER BY part.message_id, part.position) AS part
            GROUP BY part.message_id) AS parts ON parts.message_id = chosen.id
        LEFT JOIN (
            SELECT text.message_id, array_agg(text.part_id) AS part_ids, array_agg(text.position) AS positions, array_agg(text.data) AS texts
            FROM (SELECT text.message_id, text.part_id, text.position, text.data FROM part_append AS text
                WHERE text.session_id = $1 ORDER BY text.message_id, text.id) AS text
            GROUP BY text.message_id) AS appended ON appended.message_id = chosen.id
        """;

    /// <summary>A message by its identifier.</summary>
    public static PostgresSelection ByID { get; } = new("WHERE id = $1", "position");

    /// <summary>A message of a session by its identifier.</summary>
    public static PostgresSelection OfSession { get; } = new("WHERE session_id = $1 AND id = $2", "position");

    /// <summary>The messages of a session that a turn is still writing.</summary>
    public static PostgresSelection Open { get; } = new("WHERE session_id = $1 AND is_open", "position");

    /// <summary>The last message of a session before a place in the context.</summary>
    public static PostgresSelection Last { get; } =
        new("WHERE session_id = $1 AND context < $2 ORDER BY context DESC LIMIT 1", "context");

    /// <summary>The messages of a session after a place in the context.</summary>
    public static PostgresSelection Context { get; } = new("WHERE session_id = $1 AND context > $2", "context");

    /// <summary>All messages of a session that stand in the context.</summary>
    public static PostgresSelection WholeContext { get; } = new("WHERE session_id = $1 AND context IS NOT NULL", "context", IsWhole: true);

    /// <summary>All messages of a session.</summary>
    public static PostgresSelection Whole { get; } = new("WHERE session_id = $1", "position", IsWhole: true);

    /// <summary>The newest messages of a session before another of its messages.</summary>
    public static PostgresSelection Page { get; } = new(
        """
        WHERE session_id = $1
          AND position < coalesce((SELECT position FROM message AS mark WHERE mark.session_id = $1 AND mark.id = $2), 9223372036854775807)
        ORDER BY position DESC LIMIT $3
        """,
        "position");

    /// <summary>The statement that reads the selection: a row for each message, with its parts as arrays.</summary>
    public NpgsqlBatchCommand Statement(params ReadOnlySpan<NpgsqlParameter> parameters) => PostgresValue.Statement(
        $"""
        SELECT {StoredRows.MessageColumns}, parts.ids, parts.contents, appended.part_ids, appended.positions, appended.texts
        FROM (SELECT * FROM (SELECT * FROM message {Condition}) AS chosen ORDER BY {Order}) AS chosen
        {(IsWhole ? TogetherForSession : ByKey)}
        ORDER BY chosen.{Order}
        """,
        parameters);

    /// <summary>Reads a row of the statement.</summary>
    public static MessageRow Message(NpgsqlDataReader row)
    {
        if (row.IsDBNull(PartIDs))
            return StoredRows.Message(row, []);
        var contents = row.GetFieldValue<byte[][]>(PartIDs + 1);
        if (row.IsDBNull(AppendedIDs))
            return StoredRows.Message(row, [.. contents.Select(static part => (ReadOnlyMemory<byte>)part)]);
        var id = row.GetString(0);
        var parts = row.GetFieldValue<string[]>(PartIDs).Zip(contents, (part, json) => new StoredPart(id, part, json)).ToList();
        var positions = row.GetFieldValue<int[]>(AppendedIDs + 1);
        var texts = row.GetFieldValue<byte[][]>(AppendedIDs + 2);
        PartAppend.Apply(parts, row.GetFieldValue<string[]>(AppendedIDs).Select((part, i) => new PartAppend(id, part, positions[i], texts[i])));
        return StoredRows.Message(row, parts.ConvertAll(static part => part.Json));
    }
}
