namespace Capstan.Engine.Configuration.Settings;

/// <summary>How much of sessions is kept in memory between their turns. A setting that is absent keeps its default.</summary>
public sealed record ContextSettings
{
    /// <summary>The defaults, where they are stated once for the code and for docs/configuration.md.</summary>
    public static ContextSettings Default { get; } = new()
    {
        MaxBytes = 32 << 20,
        MaxAge = 600_000,
    };

    /// <summary>How many bytes of histories are kept, those of the latest turns first; 0 for none.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>How long a history is kept after the last turn of its session, in milliseconds.</summary>
    public long? MaxAge { get; init; }
}
