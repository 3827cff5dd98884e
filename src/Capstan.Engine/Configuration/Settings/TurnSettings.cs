namespace Capstan.Engine.Configuration.Settings;

/// <summary>Limits of turns; what is absent keeps its default.</summary>
public sealed record TurnSettings
{
    /// <summary>How often a failed model call is tried again; default 5.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>The wait before the first retry, which doubles with each; default 2,000.</summary>
    public long? RetryDelay { get; init; }

    /// <summary>The longest wait of our own choice; default 30,000.</summary>
    public long? MaxRetryDelay { get; init; }

    /// <summary>The longest <c>retry-after</c> of a provider that is waited for; default 600,000. A longer one ends the turn.</summary>
    public long? MaxRetryAfter { get; init; }

    /// <summary>How long tools may take to settle once a turn is aborted; default 150.</summary>
    public long? AbortGrace { get; init; }

    /// <summary>How often a turn is taken up again after its server died; default 3.</summary>
    public int? MaxResumptions { get; init; }

    /// <summary>How long a turn waits for what it changed in files to be recorded; default 2,000.</summary>
    public long? MaxSnapshotWait { get; init; }

    /// <summary>The most output tokens that are asked for; default 32,000.</summary>
    public int? MaxOutputTokens { get; init; }

    internal (string Key, string Reason)? Problem => SettingRange.Check(
        "turns",
        new("maxRetries", MaxRetries),
        new("retryDelay", RetryDelay),
        new("maxRetryDelay", MaxRetryDelay),
        new("maxRetryAfter", MaxRetryAfter),
        new("abortGrace", AbortGrace),
        new("maxResumptions", MaxResumptions),
        new("maxSnapshotWait", MaxSnapshotWait),
        new("maxOutputTokens", MaxOutputTokens));
}
