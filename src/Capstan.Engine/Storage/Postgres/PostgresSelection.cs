using Npgsql;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// Which messages to read, with their parts and the text appended to these: three statements in one batch. No JSON is parsed.
/// </summary>
/// <param name="Condition">What follows <c>FROM message</c>, with the order and the limit.</param>
/// <param name="Order">The column that puts the messages in order.</param>
internal readonly record struct PostgresSelection(string Condition, string Order)
{
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

    /// <summary>The newest messages of a session before another of its messages.</summary>
    public static PostgresSelection Page { get; } = new(
        """
        WHERE session_id = $1
          AND position < coalesce((SELECT position FROM message AS mark WHERE mark.session_id = $1 AND mark.id = $2), 9223372036854775807)
        ORDER BY position DESC LIMIT $3
        """,
        "position");

    /// <summary>The statements that read the selection.</summary>
    /// <param name="parameters">Makes the parameters, anew for each statement.</param>
    public IEnumerable<NpgsqlBatchCommand> Statements(Func<NpgsqlParameter[]> parameters)
    {
        var chosen = $"(SELECT * FROM message {Condition}) AS chosen";
        yield return PostgresValue.Statement(
            $"SELECT {StoredRows.MessageColumns} FROM {chosen} ORDER BY {Order}", parameters());
        yield return PostgresValue.Statement(
            $"""
            SELECT part.message_id, part.id, part.data FROM {chosen}
            JOIN part ON part.session_id = chosen.session_id AND part.message_id = chosen.id ORDER BY part.position
            """,
            parameters());
        yield return PostgresValue.Statement(
            $"""
            SELECT text.message_id, text.part_id, text.position, text.data FROM {chosen}
            JOIN part_append AS text ON text.session_id = chosen.session_id AND text.message_id = chosen.id ORDER BY text.id
            """,
            parameters());
    }

    /// <summary>Puts the parts into their messages, and the appended texts into the parts.</summary>
    public static List<MessageRow> Assemble(List<MessageRow> messages, List<StoredPart> parts, List<PartAppend> appends)
    {
        PartAppend.Apply(parts, appends);
        var byID = messages.ToDictionary(static row => row.ID, static row => (List<ReadOnlyMemory<byte>>)row.Parts);
        foreach (var part in parts)
            byID[part.MessageID].Add(part.Json);
        return messages;
    }
}
