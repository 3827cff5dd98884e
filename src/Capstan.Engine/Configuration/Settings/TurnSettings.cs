namespace Capstan.Engine.Configuration.Settings;

/// <summary>Limits of turns. A setting that is absent keeps its default.</summary>
public sealed record TurnSettings
{
    /// <summary>The defaults, where they are stated once for the code and for docs/configuration.md.</summary>
    public static TurnSettings Default { get; } = new()
    {
        MaxRetries = 5,
        RetryDelay = 2_000,
        MaxRetryDelay = 30_000,
        MaxRetryAfter = 600_000,
        AbortGrace = 150,
        MaxResumptions = 3,
        MaxSnapshotWait = 2_000,
        MaxOutputTokens = 32_000,
    };

    /// <summary>How often a failed model call is tried again.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>The pause before the first retry, in milliseconds, which doubles with each retry.</summary>
    public long? RetryDelay { get; init; }

    /// <summary>The longest pause before a retry for which the provider names no time, in milliseconds.</summary>
    public long? MaxRetryDelay { get; init; }

    /// <summary>
    /// The longest <c>retry-after</c> of a provider that a turn accepts, in
    /// milliseconds. A longer one ends the turn.
    /// </summary>
    public long? MaxRetryAfter { get; init; }

    /// <summary>How long tool calls may take to end after their turn is aborted, in milliseconds.</summary>
    public long? AbortGrace { get; init; }

    /// <summary>How often a turn is resumed after its server died.</summary>
    public int? MaxResumptions { get; init; }

    /// <summary>How long a turn may be held up while its changes of files are recorded, in milliseconds.</summary>
    public long? MaxSnapshotWait { get; init; }

    /// <summary>The most output tokens that a model call asks for.</summary>
    public int? MaxOutputTokens { get; init; }
}
