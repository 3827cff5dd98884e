namespace Capstan.Engine.Storage.Postgres;

/// <summary>One lane of a PostgreSQL store: a connection, the numbers of its events, and what it remembers of its sessions.</summary>
internal sealed class PostgresLane : IStoreLane, IDisposable
{
    private readonly PostgresLink _link;
    private readonly PostgresWrite _write;
    private readonly PostgresUpkeep _upkeep;

    public PostgresLane(
        PostgresConnections connections,
        PostgresOptions options,
        PostgresAvailability availability,
        PostgresKnownSessions known,
        int number,
        long epoch)
    {
        _link = new PostgresLink(connections, options, availability, number, epoch);
        _write = new PostgresWrite(_link, known, number);
        _upkeep = new PostgresUpkeep(_write, number);
    }

    /// <inheritdoc/>
    public StoreUpkeep Upkeep => _upkeep.Due;

    /// <summary>How many batches were sent to the database, each a round trip.</summary>
    public long RoundTrips => _link.RoundTrips;

    /// <summary>How many commits were found stored after their connection had been lost.</summary>
    public long ResolvedCommits => _link.ResolvedCommits;

    /// <summary>The number of the lane's newest event.</summary>
    public long Last => _link.Numbers.Last;

    /// <summary>Connects and reads the lane's numbers.</summary>
    public void Open()
    {
        _link.Begin();
        _link.Undo();
    }

    /// <inheritdoc/>
    public void RunUpkeep() => _upkeep.Run();

    /// <inheritdoc/>
    public IStoreTransaction Begin(IReadOnlyList<string> sessions)
    {
        _write.Begin(sessions);
        return _write;
    }

    /// <inheritdoc/>
    public void Dispose() => _link.Dispose();
}
