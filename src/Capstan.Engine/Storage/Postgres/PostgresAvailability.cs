using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>Says once in the log that the database cannot be reached, and once that it is back, however many connections notice.</summary>
internal sealed class PostgresAvailability(PostgresAddress address, TimeProvider time, ILogger logger)
{
    private readonly Lock _lock = new();
    private long? _since;

    /// <summary>A connection was lost or could not be made.</summary>
    public void IsAway(Exception reason)
    {
        lock (_lock)
        {
            if (_since is not null)
                return;
            _since = time.GetTimestamp();
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
        }

        Log.DatabaseBack(logger, address, time.GetElapsedTime(since).TotalSeconds);
    }
}
