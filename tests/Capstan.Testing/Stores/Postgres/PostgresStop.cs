namespace Capstan.Testing.Stores.Postgres;

/// <summary>How a server of PostgreSQL is asked to stop.</summary>
public enum PostgresStop
{
    /// <summary>Open transactions are undone, clients are told, and all is written down: the next start has nothing to recover.</summary>
    Fast,

    /// <summary>Everything is left as it is, as after a crash: the next start recovers from the log.</summary>
    Immediate,
}
