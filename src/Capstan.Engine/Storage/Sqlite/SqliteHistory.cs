namespace Capstan.Engine.Storage.Sqlite;

/// <summary>Reads messages with their parts in two ordered passes, so that a long history costs two queries and no parsing.</summary>
internal static class SqliteHistory
{
    public static MessagePage ReadPage(SqliteReader reader, MessageQuery query)
    {
        var limit = query.Limit is > 0 ? query.Limit.Value : int.MaxValue - 1;
        var before = query.Before is { } id
            ? SqliteRows.All(
                reader.Query("SELECT position FROM message WHERE session_id = $0 AND id = $1", query.SessionID, id),
                static row => row.GetInt64(0)).FirstOrDefault(long.MaxValue)
            : long.MaxValue;
        var rows = SqliteRows.All(
            reader.Query(
                $"""
                SELECT {SqliteRows.MessageColumns} FROM message WHERE session_id = $0 AND position < $1
                ORDER BY position DESC LIMIT $2
                """,
                query.SessionID,
                before,
                limit + 1),
            static row => SqliteRows.Message(row, new List<ReadOnlyMemory<byte>>()));
        var hasMore = rows.Count > limit;
        if (hasMore)
            rows.RemoveAt(rows.Count - 1);
        rows.Reverse();
        FillParts(reader, query.SessionID, rows);
        return new MessagePage(rows, hasMore);
    }

    public static List<MessageRow> ReadContext(SqliteReader reader, string sessionID, long after)
    {
        var rows = SqliteRows.All(
            reader.Query(
                $"""
                SELECT {SqliteRows.MessageColumns} FROM message WHERE session_id = $0 AND context > $1 ORDER BY context
                """,
                sessionID,
                after),
            static row => SqliteRows.Message(row, new List<ReadOnlyMemory<byte>>()));
        FillParts(reader, sessionID, rows);
        return rows;
    }

    public static MessageRow? Find(SqliteReader reader, string sessionID, string messageID)
    {
        var row = SqliteRows.First(
            reader.Query(
                $"SELECT {SqliteRows.MessageColumns} FROM message WHERE id = $0 AND session_id = $1", messageID, sessionID),
            static row => SqliteRows.Message(row, new List<ReadOnlyMemory<byte>>()));
        if (row is not null)
            FillParts(reader, sessionID, [row]);
        return row;
    }

    private static void FillParts(SqliteReader reader, string sessionID, List<MessageRow> rows)
    {
        // A few messages are fetched one by one; for many, one pass over the session's parts is cheaper.
        if (rows.Count <= 8)
        {
            foreach (var message in rows)
            {
                using var parts = reader.Query(SqliteRows.PartsOfMessage, message.ID);
                while (parts.Read())
                    ((List<ReadOnlyMemory<byte>>)message.Parts).Add(SqliteRows.Bytes(parts, 0));
            }

            return;
        }

        var byID = rows.ToDictionary(row => row.ID, row => (List<ReadOnlyMemory<byte>>)row.Parts);
        using var all = reader.Query(
            "SELECT message_id, data FROM part WHERE session_id = $0 ORDER BY position", sessionID);
        while (all.Read())
        {
            if (byID.TryGetValue(all.GetString(0), out var parts))
                parts.Add(SqliteRows.Bytes(all, 1));
        }
    }
}
