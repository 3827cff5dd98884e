using System.Text;

namespace Capstan.Bench.Client;

/// <summary>
/// A reader of <c>GET /global/event</c> that misses nothing unnoticed: it counts what it is told of each session, and compares.
/// </summary>
/// <remarks>
/// Two counts are kept for each session. The numbers that the second frames of row changes have (<c>seq</c>) are compared with the number of
/// frames of the session that had an id, since the server numbers those of a session without gaps. The deltas, which have no number, are
/// compared with the text that the model sent.
/// </remarks>
internal sealed class FeedReader : IAsyncDisposable
{
    private readonly Dictionary<string, Session> _sessions;
    private readonly Dictionary<string, Session>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly byte[] _text;
    private readonly TaskCompletionSource<long> _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EventStream? _stream;
    private bool _hasID;
    private int _running;
    private int _ended;

    private FeedReader(IEnumerable<string> sessions, string text)
    {
        _sessions = sessions.ToDictionary(session => session, _ => new Session());
        _lookup = _sessions.GetAlternateLookup<ReadOnlySpan<char>>();
        _text = Encoding.ASCII.GetBytes(text);
    }

    /// <summary>The timestamp at which every session was seen idle after a turn.</summary>
    public Task<long> Complete => _complete.Task;

    /// <summary>Completes when the server has closed the stream.</summary>
    public Task Closed => _stream!.Closed;

    /// <summary>What the server said when it dropped this reader; null unless it did.</summary>
    public string? Dropped { get; private set; }

    /// <summary>How many events arrived.</summary>
    public long Events { get; private set; }

    /// <summary>How many times an event of a session was missing, twice there or in the wrong place.</summary>
    public int Gaps { get; private set; }

    /// <summary>The most sessions whose turn had begun to answer and had not ended.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>Opens the event stream.</summary>
    /// <param name="server">The server.</param>
    /// <param name="sessions">The sessions that will have one turn each.</param>
    /// <param name="text">The answer of each turn.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<FeedReader> OpenAsync(Uri server, IEnumerable<string> sessions, string text, CancellationToken cancellation)
    {
        var reader = new FeedReader(sessions, text);
        reader._stream = await EventStream.OpenGlobalAsync(server, reader.Line, cancellation);
        return reader;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Line(ReadOnlySpan<byte> line, long timestamp)
    {
        if (line.StartsWith("id: "u8))
        {
            _hasID = true;
            return;
        }

        if (!line.StartsWith("data: "u8))
            return;
        var isDurable = _hasID;
        _hasID = false;
        Events++;
        if (line.IndexOf("\"payload\":{\"type\":\"sync\""u8) >= 0)
            Number(line);
        else if (Find(Value(line, "\"sessionID\":\""u8)) is { } session)
            Event(session, line, isDurable, timestamp);
        else if (line.IndexOf("\"server.dropped\""u8) >= 0)
            Dropped = Encoding.UTF8.GetString(line);
    }

    private void Number(ReadOnlySpan<byte> line)
    {
        if (Find(Value(line, "\"aggregateID\":\""u8)) is not { } session)
            return;
        var digits = line[(line.IndexOf("\"seq\":"u8) + "\"seq\":".Length)..];
        var number = long.Parse(digits[..digits.IndexOf((byte)',')], System.Globalization.CultureInfo.InvariantCulture);
        // What came before the first number is not known: the stream may have been opened in the middle of a session.
        if (session.Number is { } counted && counted != number)
            Gaps++;
        session.Number = number;
    }

    private void Event(Session session, ReadOnlySpan<byte> line, bool isDurable, long timestamp)
    {
        if (isDurable)
            session.Number++;
        if (line.IndexOf("\"type\":\"message.part.delta\""u8) >= 0)
        {
            if (session.Received == 0)
                MostAtOnce = Math.Max(MostAtOnce, ++_running);
            var delta = Value(line, "\"delta\":\""u8);
            if (!_text.AsSpan(session.Received).StartsWith(delta))
                Gaps++;
            session.Received = Math.Min(session.Received + delta.Length, _text.Length);
        }
        else if (line.IndexOf("\"type\":\"session.idle\""u8) >= 0)
        {
            if (session.Received != _text.Length)
                Gaps++;
            _running--;
            if (++_ended == _sessions.Count)
                _complete.TrySetResult(timestamp);
        }
    }

    private Session? Find(ReadOnlySpan<byte> name)
    {
        Span<char> characters = stackalloc char[64];
        return name.Length <= characters.Length && _lookup.TryGetValue(characters[..Encoding.ASCII.GetChars(name, characters)], out var session)
            ? session
            : null;
    }

    /// <summary>The text behind a key, up to the next quotation mark; nothing where the key is not there.</summary>
    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key)
    {
        var at = line.IndexOf(key);
        if (at < 0)
            return default;
        var value = line[(at + key.Length)..];
        return value[..value.IndexOf((byte)'"')];
    }

    private sealed class Session
    {
        /// <summary>The number of its last event; null until one was told.</summary>
        public long? Number { get; set; }

        /// <summary>How much of the answer has arrived.</summary>
        public int Received { get; set; }
    }
}
