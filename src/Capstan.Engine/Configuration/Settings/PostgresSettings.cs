namespace Capstan.Engine.Configuration.Settings;

/// <summary>How a store on PostgreSQL is used. A setting that is absent keeps its default.</summary>
public sealed record PostgresSettings
{
    /// <summary>The defaults, where they are stated once for the code and for docs/configuration.md.</summary>
    public static PostgresSettings Default { get; } = new()
    {
        Patience = 30_000,
    };

    /// <summary>
    /// How many connections write at the same time; by default half as many as the machine has processors, and 4 at the most. It is
    /// settled when the tables are made, and never changes in that database.
    /// </summary>
    public int? Lanes { get; init; }

    /// <summary>How long writes wait for a database that is away before they fail, in milliseconds.</summary>
    public long? Patience { get; init; }
}
