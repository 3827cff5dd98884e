namespace Capstan.Testing.Stores.Postgres;

/// <summary>How a <see cref="PostgresServer"/> runs.</summary>
public sealed record PostgresServerOptions
{
    /// <summary>
    /// Waits for the disk at each commit, as a real one does; the default. Without it commits are faster, and what was committed
    /// outlives the server's processes all the same, but not the machine.
    /// </summary>
    public bool IsSyncing { get; init; } = true;

    /// <summary>Further settings of postgresql.conf, which go over the ones that every server here has.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
