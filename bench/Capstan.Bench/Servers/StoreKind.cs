namespace Capstan.Bench.Servers;

/// <summary>What Capstan keeps its sessions in.</summary>
internal enum StoreKind
{
    /// <summary>A file in its data directory.</summary>
    Sqlite,

    /// <summary>A PostgreSQL server, which the benchmark starts and ends.</summary>
    Postgres,
}
