using Capstan.Engine.Configuration.Settings;

namespace Capstan.Engine.Turns;

/// <summary>Limits of turns.</summary>
public sealed record TurnOptions
{
    /// <summary>How often a failed model call is tried again; default 5.</summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>The pause before the first retry, which doubles with each further retry; default 2 s.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The longest pause before a retry where the provider asks for none; a provider's <c>retry-after</c> may be longer. Default
    /// 30 s.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The longest <c>retry-after</c> of a provider that is kept; where it is longer, the call is not tried again and the turn
    /// ends. Default 10 minutes.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long tools may take to settle once a turn is aborted; default 150 ms.</summary>
    public TimeSpan AbortGrace { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>How often a turn is taken up again after its process died, before its prompts are given up; default 3.</summary>
    public int MaxResumptions { get; init; } = 3;

    /// <summary>
    /// How long a step may be held up by recording the state of files, at its beginning and again at its end; after that, the
    /// turn goes on without. Default 2 s each.
    /// </summary>
    public TimeSpan MaxSnapshotWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The most output tokens that a model call asks for; default 32,000.</summary>
    public int MaxOutputTokens { get; init; } = 32_000;

    /// <summary>These limits, overridden by those that the settings name.</summary>
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
