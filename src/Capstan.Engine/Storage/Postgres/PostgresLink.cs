using System.Data;
using Npgsql;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// The one connection of a lane, and the statements of the write in progress. They are sent in one batch with the commit; a read in
/// between takes those before it along. All of them are kept until the write ends, so that another connection can be sent them again.
/// </summary>
/// <remarks>
/// <code>
///   no transaction ──first batch: BEGIN, lock and check the lane's row──► open ──COMMIT in the last batch──► stored
///        ▲                                                                 │
///        │                                                  connection lost: what was sent may be stored or not
///        │                                                                 ▼
///        └──not stored: everything is sent again── [ connect every 10…250 ms, lock the lane's row, compare its commits ] ──► stored
///                                                                          │ the patience is over
///                                                                          ▼
///                                     StoreUnavailableException; the next write connects, and reads the lane's numbers anew
/// </code>
/// Invariant: a batch takes effect once. The first statement of a write locks the lane's row and demands the number of commits that
/// this lane knows, so a batch that arrives twice, or late from a connection that was given up, is refused.
/// </remarks>
internal sealed class PostgresLink : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(250);

    private readonly PostgresConnections _connections;
    private readonly PostgresOptions _options;
    private readonly PostgresAvailability _availability;
    private readonly int _lane;
    private readonly long _epoch;
    private readonly List<NpgsqlBatchCommand> _statements = [];
    private NpgsqlConnection? _connection;
    private long? _awaySince;
    private bool _isKnown;
    private long _commits;
    private PostgresNumbers _stored;
    // The numbers that the open transaction has put into the lane's row; null where the row is not locked yet.
    private PostgresNumbers? _told;
    private bool _isOpen;
    // How many statements the open transaction has carried out, and how many were given to a batch before.
    private int _done;
    private int _used;

    public PostgresLink(PostgresConnections connections, PostgresOptions options, PostgresAvailability availability, int lane, long epoch)
    {
        _connections = connections;
        _options = options;
        _availability = availability;
        _lane = lane;
        _epoch = epoch;
    }

    /// <summary>How many batches were sent, each a round trip.</summary>
    public long RoundTrips { get; private set; }

    /// <summary>How many commits were found stored after their connection had been lost.</summary>
    public long ResolvedCommits { get; private set; }

    /// <summary>The numbers of the lane, as the write in progress has changed them.</summary>
    public PostgresNumbers Numbers { get; set; }

    /// <summary>Begins a write. Nothing is sent, unless the lane's numbers have to be read.</summary>
    /// <exception cref="StoreFencedException">The numbers are read, and a later owner has taken the store over.</exception>
    public void Begin()
    {
        if (_statements.Count > 0 || _isOpen)
            throw new InvalidOperationException("A write is in progress: the journal writes one at a time in each lane.");
        if (!_isKnown)
            ReadNumbers();
        Numbers = _stored;
    }

    /// <summary>Adds a statement to the write. It is sent with the next read or the commit.</summary>
    public void Add(NpgsqlBatchCommand statement) => _statements.Add(statement);

    /// <summary>Sends what was added, and reads.</summary>
    /// <param name="statements">The statements that read, as many results as <paramref name="read"/> goes through.</param>
    /// <param name="read">Reads the results; called again where the connection was lost meanwhile.</param>
    public T Read<T>(IReadOnlyList<NpgsqlBatchCommand> statements, Func<NpgsqlDataReader, T> read) => Send(statements, read, commits: false);

    /// <summary>Sends what was added and commits; once this returns, the write is on the disk of the database.</summary>
    public void Commit()
    {
        if (_statements.Count == 0)
        {
            Undo();
            return;
        }

        Send<object?>([], null, commits: true);
        _commits++;
        _stored = Numbers;
        End();
    }

    /// <summary>Undoes the write in progress, if there is one.</summary>
    public void Undo()
    {
        var mustRollBack = _isOpen;
        End();
        Numbers = _stored;
        if (mustRollBack)
            RollBack();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        Drop();
    }

    private T Send<T>(IReadOnlyList<NpgsqlBatchCommand> reads, Func<NpgsqlDataReader, T>? read, bool commits)
    {
        var mayBeStored = false;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                if (_connection is { State: not ConnectionState.Open })
                    Drop();
                _connection ??= _connections.OpenLane();
                if (mayBeStored && IsStored())
                {
                    IsBack();
                    return default!;
                }

                var result = Execute(reads, read, commits);
                IsBack();
                return result;
            }
            catch (Exception exception) when (PostgresFailure.IsLost(exception))
            {
                Drop();
                mayBeStored |= commits;
                reads = [.. reads.Select(PostgresValue.Again)];
                Wait(exception, pause);
            }
            catch (PostgresException exception)
            {
                RollBack();
                if (exception.SqlState == PostgresSchema.OutOfStep)
                    _isKnown = false;
                throw PostgresFailure.Translate(exception, _epoch, _options.Address);
            }
        }
    }

    private T Execute<T>(IReadOnlyList<NpgsqlBatchCommand> reads, Func<NpgsqlDataReader, T>? read, bool commits)
    {
        using var batch = new NpgsqlBatch(_connection);
        if (!_isOpen)
            batch.BatchCommands.Add(PostgresValue.Statement("BEGIN"));
        if (_told is null)
        {
            batch.BatchCommands.Add(PostgresValue.Statement(
                "CALL begin_write($1, $2, $3, $4, $5)",
                PostgresValue.Small(_lane),
                PostgresValue.Number(_epoch),
                PostgresValue.Number(_commits),
                PostgresValue.Number(Numbers.Last),
                PostgresValue.Number(Numbers.Bytes)));
        }

        for (var i = _done; i < _statements.Count; i++)
        {
            // A statement that a lost connection was given cannot be given to another.
            if (i < _used)
                _statements[i] = PostgresValue.Again(_statements[i]);
            batch.BatchCommands.Add(_statements[i]);
        }

        _used = _statements.Count;
        if (commits && _told is { } told && told != Numbers)
        {
            batch.BatchCommands.Add(PostgresValue.Statement(
                "UPDATE lane SET last = $2, bytes = $3 WHERE id = $1",
                PostgresValue.Small(_lane),
                PostgresValue.Number(Numbers.Last),
                PostgresValue.Number(Numbers.Bytes)));
        }

        foreach (var statement in reads)
            batch.BatchCommands.Add(statement);
        if (commits)
            batch.BatchCommands.Add(PostgresValue.Statement("COMMIT"));
        RoundTrips++;
        _isOpen = true;
        var result = default(T)!;
        if (read is null)
        {
            batch.ExecuteNonQuery();
        }
        else
        {
            using var reader = batch.ExecuteReader();
            result = read(reader);
        }

        _isOpen = !commits;
        _done = _statements.Count;
        _told ??= Numbers;
        return result;
    }

    /// <summary>
    /// Whether the commit that was on its way when the connection was lost has happened. The lane's row, which the old connection may
    /// still hold, is locked first: after that, nobody can carry out what was sent before.
    /// </summary>
    private bool IsStored()
    {
        var row = ReadLane();
        if (row.Epoch != _epoch)
            throw new StoreFencedException(_epoch, row.Epoch);
        if (row.Commits == _commits)
            return false;
        RollBack();
        ResolvedCommits++;
        return true;
    }

    private void ReadNumbers()
    {
        try
        {
            _connection ??= _connections.OpenLane();
            var row = ReadLane();
            RollBack();
            if (row.Epoch != _epoch)
                throw new StoreFencedException(_epoch, row.Epoch);
            (_commits, _stored, _isKnown) = (row.Commits, row.Numbers, true);
            IsBack();
        }
        catch (Exception exception) when (PostgresFailure.IsLost(exception))
        {
            Drop();
            _awaySince ??= _options.Time.GetTimestamp();
            _availability.IsAway(exception);
            throw PostgresFailure.Unavailable(exception, _options.Address);
        }
    }

    private (long Epoch, long Commits, PostgresNumbers Numbers) ReadLane()
    {
        using var batch = new NpgsqlBatch(_connection);
        batch.BatchCommands.Add(PostgresValue.Statement("BEGIN"));
        batch.BatchCommands.Add(PostgresValue.Statement(
            "SELECT epoch, commits, last, bytes FROM lane WHERE id = $1 FOR UPDATE", PostgresValue.Small(_lane)));
        RoundTrips++;
        _isOpen = true;
        using var reader = batch.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1), new PostgresNumbers(reader.GetInt64(2), reader.GetInt64(3)));
    }

    private void RollBack()
    {
        _isOpen = false;
        _done = 0;
        _told = null;
        try
        {
            RoundTrips++;
            using var command = new NpgsqlCommand("ROLLBACK", _connection);
            command.ExecuteNonQuery();
        }
        catch (Exception exception) when (PostgresFailure.IsLost(exception) || exception is InvalidOperationException)
        {
            // The transaction goes with its connection.
            Drop();
        }
    }

    private void End()
    {
        _statements.Clear();
        _isOpen = false;
        _done = _used = 0;
        _told = null;
    }

    private void Drop()
    {
        _isOpen = false;
        _done = 0;
        _told = null;
        _connection?.Dispose();
        _connection = null;
    }

    private void IsBack()
    {
        _awaySince = null;
        _availability.IsBack();
    }

    /// <summary>Waits before the next attempt, or gives up.</summary>
    private void Wait(Exception exception, TimeSpan pause)
    {
        _availability.IsAway(exception);
        _awaySince ??= _options.Time.GetTimestamp();
        // Counted from when the database went away, and not from this write: the writes behind it do not wait as long once more.
        if (_options.Time.GetElapsedTime(_awaySince.Value) + pause > _options.Patience)
        {
            _isKnown = false;
            throw PostgresFailure.Unavailable(exception, _options.Address);
        }

        Task.Delay(pause, _options.Time).GetAwaiter().GetResult();
    }
}
