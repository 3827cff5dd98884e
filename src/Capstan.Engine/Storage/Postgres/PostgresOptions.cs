using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Capstan.Engine.Storage.Postgres;

/// <summary>How a <see cref="PostgresStore"/> is opened.</summary>
/// <param name="Address">Where the database is.</param>
public sealed record PostgresOptions(PostgresAddress Address)
{
    /// <summary>
    /// How many lanes write, if this opening makes the tables; an older database keeps the lanes that it has. Each lane is a
    /// connection. Default: half of the processors, 1 to 4.
    /// </summary>
    public int Lanes { get; init; } = Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    /// <summary>How long writes wait for a database that cannot be reached before they fail; default 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many connections read at the most; default 8.</summary>
    public int Readers { get; init; } = 8;

    /// <summary>The clock; default the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Logs when the database goes away and when it is back; default nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
