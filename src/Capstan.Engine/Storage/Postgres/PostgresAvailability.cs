using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>
/// Knows whether the database can be reached, from what the connections meet, and says in the log once that it cannot and once that it is
/// back, however many connections notice.
/// </summary>
internal sealed class PostgresAvailability(PostgresAddress address, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private long? _since;
    private volatile Exception? _reason;

    /// <summary>Why the database cannot be reached; null where it can, as far as is known.</summary>
    public StoreUnavailableException? Outage => _reason is { } reason ? PostgresFailure.Unavailable(reason, address) : null;

    /// <summary>A connection was lost or could not be made.</summary>
    public void IsAway(Exception reason)
    {
        lock (_lock)
        {
            if (_since is not null)
                return;
            _since = time.GetTimestamp();
            _reason = reason;
        }

        Log.DatabaseAway(logger, address, PostgresFailure.Reason(reason));
    }

    /// <summary>A connection was made, and the database answered.</summary>
    public void IsBack()
    {
        long since;
        lock (_lock)
        {
            if (_since is not { } known)
                return;
            since = known;
            _since = null;
            _reason = null;
        }

        Log.DatabaseBack(logger, address, time.GetElapsedTime(since).TotalSeconds);
    }
}
