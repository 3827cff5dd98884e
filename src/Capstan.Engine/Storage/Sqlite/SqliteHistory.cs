namespace Capstan.Engine.Storage.Sqlite;

/// <summary>
/// Reads messages with their parts and the text appended to these. A whole history takes three queries, and no JSON is parsed.
/// </summary>
internal static class SqliteHistory
{
    public static MessagePage ReadPage(SqliteReader reader, MessageQuery query)
    {
        reader.BeginSnapshot();
        var limit = query.Limit is > 0 ? query.Limit.Value : int.MaxValue - 1;
        var before = query.Before is { } id
            ? SqliteRows.All(
                reader.Query("SELECT position FROM message WHERE session_id = $0 AND id = $1", query.SessionID, id),
                static row => row.GetInt64(0)).FirstOrDefault(long.MaxValue)
            : long.MaxValue;
        var rows = SqliteRows.All(
            reader.Query(
                $"""
                SELECT {StoredRows.MessageColumns} FROM message WHERE session_id = $0 AND position < $1
                ORDER BY position DESC LIMIT $2
                """,
                query.SessionID,
                before,
                limit + 1),
            StoredRows.Message);
        var hasMore = rows.Count > limit;
        if (hasMore)
            rows.RemoveAt(rows.Count - 1);
        rows.Reverse();
        FillParts(reader, query.SessionID, rows, !hasMore && before == long.MaxValue ? Extent.Whole : Extent.Range);
        reader.EndSnapshot();
        return new MessagePage(rows, hasMore);
    }

    public static List<MessageRow> ReadContext(SqliteReader reader, string sessionID, long after)
    {
        reader.BeginSnapshot();
        var rows = SqliteRows.All(
            reader.Query(
                $"""
                SELECT {StoredRows.MessageColumns} FROM message WHERE session_id = $0 AND context > $1 ORDER BY context
                """,
                sessionID,
                after),
            StoredRows.Message);
        FillParts(reader, sessionID, rows, after == 0 ? Extent.Whole : Extent.Scattered);
        reader.EndSnapshot();
        return rows;
    }

    public static MessageRow? Find(SqliteReader reader, string sessionID, string messageID)
    {
        reader.BeginSnapshot();
        var row = SqliteRows.First(
            reader.Query(
                $"SELECT {StoredRows.MessageColumns} FROM message WHERE id = $0 AND session_id = $1", messageID, sessionID),
            StoredRows.Message);
        if (row is not null)
            FillParts(reader, sessionID, [row], Extent.Scattered);
        reader.EndSnapshot();
        return row;
    }

    /// <summary>
    /// Reads the parts to which text was appended after they were stored whole, with that text, and their sessions.
    /// </summary>
    public static List<GrowingPart> ReadGrowing(SqliteReader reader, string? directory)
    {
        reader.BeginSnapshot();
        var growing = SqliteRows.All(
            reader.Query(
                $"""
                SELECT session.data, session.status, session.event_count, part.message_id, part.id, part.data
                FROM (SELECT DISTINCT session_id, message_id, part_id FROM part_append) AS growing
                JOIN session ON session.id = growing.session_id
                JOIN part ON part.message_id = growing.message_id AND part.id = growing.part_id
                WHERE $0 IS NULL OR session.directory = $0 ORDER BY part.id
                """,
                directory),
            static row => (StoredRows.Session(row).Info, Part: new StoredPart(row.GetString(3), row.GetString(4), StoredRows.Bytes(row, 5))));
        var parts = growing.ConvertAll(static found => found.Part);
        PartAppend.Apply(parts, SqliteRows.All(
            reader.Query($"SELECT {StoredRows.AppendColumns} FROM part_append ORDER BY id"), StoredRows.Append));
        reader.EndSnapshot();
        return [.. growing.Zip(parts, static (found, part) => new GrowingPart(found.Info, part.Json))];
    }

    /// <param name="reader">The connection to read from.</param>
    /// <param name="sessionID">The session.</param>
    /// <param name="rows">The messages whose parts are read.</param>
    /// <param name="extent">What the rows are of the session's messages.</param>
    private static void FillParts(SqliteReader reader, string sessionID, List<MessageRow> rows, Extent extent)
    {
        var byID = rows.ToDictionary(static row => row.ID, static row => (List<ReadOnlyMemory<byte>>)row.Parts);
        var parts = new List<StoredPart>();
        // Looking the parts up by their messages makes a page cost only what is on it, however long the history is. For a whole
        // history, one pass over the session's parts is cheaper.
        if (extent == Extent.Scattered)
        {
            foreach (var message in rows)
            {
                parts.AddRange(SqliteRows.All(reader.Query(SqliteRows.PartsOfMessage, message.ID), StoredRows.Part));
            }
        }
        else if (extent == Extent.Range)
        {
            if (rows.Count > 0)
                parts.AddRange(ReadRange(reader, sessionID, rows[0].Position, rows[^1].Position));
        }
        else
        {
            using var all = reader.Query(
                $"SELECT {StoredRows.PartColumns} FROM part WHERE session_id = $0 ORDER BY position", sessionID);
            while (all.Read())
            {
                if (byID.ContainsKey(all.GetString(0)))
                    parts.Add(StoredRows.Part(all));
            }
        }

        PartAppend.Apply(parts, SqliteRows.All(
            reader.Query($"SELECT {StoredRows.AppendColumns} FROM part_append WHERE session_id = $0 ORDER BY id", sessionID),
            StoredRows.Append));
        foreach (var part in parts)
            byID[part.MessageID].Add(part.Json);
    }

    /// <summary>
    /// The parts of neighbouring messages, in one query: each query costs more than the few rows of a message.
    /// </summary>
    private static IEnumerable<StoredPart> ReadRange(SqliteReader reader, string sessionID, long first, long last) =>
        SqliteRows.All(
            reader.Query(
                """
                SELECT part.message_id, part.id, part.data, part.position
                FROM message CROSS JOIN part ON part.message_id = message.id
                WHERE message.session_id = $0 AND message.position BETWEEN $1 AND $2
                """,
                sessionID,
                first,
                last),
            static row => (Part: StoredRows.Part(row), Position: row.GetInt64(3)))
        // Sorted here, because SQLite would copy the parts' data to sort them.
        .OrderBy(static found => found.Position)
        .Select(static found => found.Part);

    /// <summary>What is read of a session's messages.</summary>
    private enum Extent
    {
        /// <summary>All of them, or nearly all.</summary>
        Whole,

        /// <summary>Neighbours by position, with none left out between the first and the last.</summary>
        Range,

        /// <summary>Any of them.</summary>
        Scattered,
    }
}
