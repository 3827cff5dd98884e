namespace Capstan.Engine.Configuration.Settings;

/// <summary>Limits of turns. A setting that is absent keeps its default.</summary>
public sealed record TurnSettings
{
    /// <summary>How often a failed model call is tried again; default 5.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>The pause before the first retry, in milliseconds, which doubles with each retry; default 2,000.</summary>
    public long? RetryDelay { get; init; }

    /// <summary>The longest pause before a retry for which the provider names no time, in milliseconds; default 30,000.</summary>
    public long? MaxRetryDelay { get; init; }

    /// <summary>
    /// The longest <c>retry-after</c> of a provider that a turn accepts, in
    /// milliseconds; default 600,000. A longer one ends the turn.
    /// </summary>
    public long? MaxRetryAfter { get; init; }

    /// <summary>How long tool calls may take to end after their turn is aborted, in milliseconds; default 150.</summary>
    public long? AbortGrace { get; init; }

    /// <summary>How often a turn is resumed after its server died; default 3.</summary>
    public int? MaxResumptions { get; init; }

    /// <summary>How long a turn may be held up while its changes of files are recorded, in milliseconds; default 2,000.</summary>
    public long? MaxSnapshotWait { get; init; }

    /// <summary>The most output tokens that a model call asks for; default 32,000.</summary>
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
