using System.Buffers;
using static Capstan.Engine.Storage.Postgres.PostgresValue;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>The parts of a write that are not sent yet. Of a part that is stored again and again, only the last is sent.</summary>
internal sealed class PostgresPartChanges
{
    // In bytes: the parts of a long write are sent in several statements, each of which the server holds in memory as a whole.
    private const int LongestStatement = 1024 * 1024;

    // In the order in which the parts were first stored, which is their order in their message.
    private readonly OrderedDictionary<(string SessionID, string MessageID, string ID), ReadOnlySequence<byte>> _parts = [];
    private long _bytes;

    /// <summary>Creates or replaces a part.</summary>
    /// <param name="link">Takes the parts where there are many bytes of them.</param>
    /// <param name="sessionID">The part's session.</param>
    /// <param name="messageID">The part's message.</param>
    /// <param name="partID">The part.</param>
    /// <param name="json">The part's JSON.</param>
    public void Put(PostgresLink link, string sessionID, string messageID, string partID, in ReadOnlySequence<byte> json)
    {
        var key = (sessionID, messageID, partID);
        if (_parts.TryGetValue(key, out var earlier))
            _bytes -= earlier.Length;
        _parts[key] = json;
        _bytes += json.Length;
        if (_bytes > LongestStatement)
            MoveTo(link);
    }

    /// <summary>Hands the parts over.</summary>
    public void MoveTo(PostgresLink link)
    {
        if (_parts.Count == 0)
            return;
        link.Add(Statement(
            """
            INSERT INTO part (session_id, message_id, id, data) SELECT * FROM unnest($1, $2, $3, $4)
            ON CONFLICT (session_id, message_id, id) DO UPDATE SET data = excluded.data
            """,
            Texts(_parts.Keys.Select(static key => key.SessionID)),
            Texts(_parts.Keys.Select(static key => key.MessageID)),
            Texts(_parts.Keys.Select(static key => key.ID)),
            ByteArrays(_parts.Values.Select(static json => Array(json)))));
        Clear();
    }

    public void Clear()
    {
        _parts.Clear();
        _bytes = 0;
    }
}
