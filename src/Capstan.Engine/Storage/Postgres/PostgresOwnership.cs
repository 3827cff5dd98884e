using System.Globalization;
using Npgsql;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// The ownership of a database: an advisory lock, which PostgreSQL drops with the connection that holds it, and the epoch, which
/// fences a former owner that was only suspended.
/// </summary>
/// <remarks>
/// <code>
///   free ──Take──► held ──connection lost──► lost ──the same process is first──► held
///                                             └──another process is first──► that one has raised the epoch, and fences this one
/// </code>
/// </remarks>
internal sealed class PostgresOwnership : IAsyncDisposable, IDisposable
{
    // "capstan" in ASCII: advisory locks are numbers, and the lock of another program should not have the same.
    private const long LockKey = 0x6361707374616e;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly PostgresConnections _connections;
    private readonly PostgresAvailability _availability;
    private readonly PostgresKnownSessions _known;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _holding;

    private PostgresOwnership(
        PostgresConnections connections,
        PostgresAvailability availability,
        PostgresKnownSessions known,
        TimeProvider time,
        NpgsqlConnection connection,
        long epoch,
        int lanes)
    {
        _connections = connections;
        _availability = availability;
        _known = known;
        _time = time;
        Epoch = epoch;
        LaneCount = lanes;
        _holding = HoldAsync(connection);
    }

    /// <summary>The number of this ownership.</summary>
    public long Epoch { get; }

    /// <summary>How many lanes the database has.</summary>
    public int LaneCount { get; }

    /// <summary>Becomes the owner of a database, and brings its tables up to date.</summary>
    /// <exception cref="StoreInUseException">Another process is the owner.</exception>
    public static PostgresOwnership Take(
        PostgresConnections connections, PostgresAvailability availability, PostgresKnownSessions known, PostgresOptions options)
    {
        // Nothing else runs yet that this could hold up.
        var connection = connections.OpenOwnerAsync(CancellationToken.None).GetAwaiter().GetResult();
        try
        {
            if (Scalar(connection, "SHOW server_encoding") is not "UTF8")
                throw new NotSupportedException("its encoding is not UTF8. Make another with createdb --encoding=UTF8 --template=template0.");
            if (!TryLockAsync(connection, CancellationToken.None).GetAwaiter().GetResult())
                throw new StoreInUseException(options.Address.ToString(), ReadAddress(connection), "give this one another database");
            PostgresSchema.Migrate(connection, options.Lanes, options.Address.ToString());
            // Waits for the writes of a former owner that are under way: each of them holds the row of its lane.
            var epoch = (long)Scalar(connection, "UPDATE owner SET epoch = epoch + 1, address = NULL RETURNING epoch")!;
            Scalar(connection, string.Create(CultureInfo.InvariantCulture, $"SET lock_timeout = 0; UPDATE lane SET epoch = {epoch}"));
            var lanes = (int)(long)Scalar(connection, "SELECT count(*) FROM lane")!;
            return new PostgresOwnership(connections, availability, known, options.Time, connection, epoch, lanes);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _holding;
        _stopping.Dispose();
    }

    /// <summary>Gives the ownership free without waiting for it: an opening failed.</summary>
    public void Dispose() => _stopping.Cancel();

    /// <summary>Keeps the lock until this is disposed; takes it again where its connection is lost.</summary>
    private async Task HoldAsync(NpgsqlConnection? connection)
    {
        var pause = FirstPause;
        while (!_stopping.IsCancellationRequested)
        {
            var isHeld = connection is not null;
            try
            {
                if (connection is null)
                {
                    connection = await _connections.OpenOwnerAsync(_stopping.Token);
                    _availability.IsBack();
                    if (!await TryLockAsync(connection, _stopping.Token))
                        throw new TimeoutException("Another process is the owner, or the lost connection is not gone yet.");
                    _known.SetOwner(true);
                }

                pause = FirstPause;
                isHeld = true;
                // Nobody sends anything here: this ends when the connection does.
                while (true)
                    await connection.WaitAsync(_stopping.Token);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            // Whatever the server says, the lock is tried for again: without it another process could take the database over.
            catch (Exception exception) when (PostgresFailure.IsLost(exception)
                || exception is PostgresException or InvalidOperationException or ObjectDisposedException)
            {
                _known.SetOwner(false);
                if (connection is not null)
                    await connection.DisposeAsync();
                connection = null;
                // This connection notices at once, also where nobody reads or writes. That it cannot be made again says less: the
                // server may have no more connections, and those of the lanes may work.
                if (isHeld)
                    _availability.IsAway(exception);
                await Task.Delay(pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }

        if (connection is not null)
            await connection.DisposeAsync();
    }

    private static async Task<bool> TryLockAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            // Waits as long as lock_timeout says: the connection of an owner that has just ended may not be gone yet.
            await using var command = new NpgsqlCommand(
                string.Create(CultureInfo.InvariantCulture, $"SELECT pg_advisory_lock({LockKey})"), connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            return false;
        }
    }

    private static Uri? ReadAddress(NpgsqlConnection connection)
    {
        try
        {
            return Uri.TryCreate(Scalar(connection, "SELECT address FROM owner") as string, UriKind.Absolute, out var address) ? address : null;
        }
        catch (PostgresException)
        {
            // The owner is making the tables at this moment, or they are not readable for this user.
            return null;
        }
    }

    private static object? Scalar(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        var value = command.ExecuteScalar();
        return value is DBNull ? null : value;
    }
}
