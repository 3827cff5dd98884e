using Capstan.Engine.Configuration.Settings;

namespace Capstan.Engine.Turns;

/// <summary>Limits of turns.</summary>
public sealed record TurnOptions
{
    /// <summary>How often a failed model call is tried again; default 5.</summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>The wait before the first retry, which doubles with each; default 2 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait that is our own choice; a provider's <c>retry-after</c> may be longer. Default 30 s.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest <c>retry-after</c> of a provider that is waited for; a longer one ends the turn. Default 10 minutes.</summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long tools may take to settle once a turn is aborted; default 150 ms.</summary>
    public TimeSpan AbortGrace { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>How often a turn is taken up again after its process died, before it is given up; default 3.</summary>
    public int MaxResumptions { get; init; } = 3;

    /// <summary>
    /// How long a turn waits for what it changed in files to be recorded; beyond that it goes on without. Default 2 s, at the beginning of
    /// a step and again at its end.
    /// </summary>
    public TimeSpan MaxSnapshotWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The most output tokens that are asked for; default 32,000.</summary>
    public int MaxOutputTokens { get; init; } = 32_000;

    /// <summary>These limits, with those that the settings name in place of their own.</summary>
    public TurnOptions With(TurnSettings settings) => this with
    {
        MaxRetries = settings.MaxRetries ?? MaxRetries,
        RetryDelay = Time(settings.RetryDelay) ?? RetryDelay,
        MaxRetryDelay = Time(settings.MaxRetryDelay) ?? MaxRetryDelay,
        MaxRetryAfter = Time(settings.MaxRetryAfter) ?? MaxRetryAfter,
        AbortGrace = Time(settings.AbortGrace) ?? AbortGrace,
        MaxResumptions = settings.MaxResumptions ?? MaxResumptions,
        MaxSnapshotWait = Time(settings.MaxSnapshotWait) ?? MaxSnapshotWait,
        MaxOutputTokens = settings.MaxOutputTokens ?? MaxOutputTokens,
    };

    private static TimeSpan? Time(long? milliseconds) => milliseconds is { } value ? TimeSpan.FromMilliseconds(value) : null;
}
