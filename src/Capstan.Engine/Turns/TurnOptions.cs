using Capstan.Engine.Configuration.Settings;

namespace Capstan.Engine.Turns;

/// <summary>Limits of turns. The defaults are those of the settings, <see cref="TurnSettings.Default"/>.</summary>
public sealed record TurnOptions
{
    /// <summary>How often a failed model call is tried again.</summary>
    public int MaxRetries { get; init; } = (int)TurnSettings.Default.MaxRetries!;

    /// <summary>The pause before the first retry, which doubles with each further retry.</summary>
    public TimeSpan RetryDelay { get; init; } = Time(TurnSettings.Default.RetryDelay)!.Value;

    /// <summary>
    /// The longest pause before a retry where the provider asks for none; a provider's <c>retry-after</c> may be longer.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; init; } = Time(TurnSettings.Default.MaxRetryDelay)!.Value;

    /// <summary>
    /// The longest <c>retry-after</c> of a provider that is kept; where it is longer, the call is not tried again and the turn
    /// ends.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; init; } = Time(TurnSettings.Default.MaxRetryAfter)!.Value;

    /// <summary>How long tools may take to settle once a turn is aborted.</summary>
    public TimeSpan AbortGrace { get; init; } = Time(TurnSettings.Default.AbortGrace)!.Value;

    /// <summary>How often a turn is taken up again after its process died, before its prompts are given up.</summary>
    public int MaxResumptions { get; init; } = (int)TurnSettings.Default.MaxResumptions!;

    /// <summary>
    /// How long a step may be held up by recording the state of files, at its beginning and again at its end; after that, the
    /// turn goes on without.
    /// </summary>
    public TimeSpan MaxSnapshotWait { get; init; } = Time(TurnSettings.Default.MaxSnapshotWait)!.Value;

    /// <summary>The most output tokens that a model call asks for.</summary>
    public int MaxOutputTokens { get; init; } = (int)TurnSettings.Default.MaxOutputTokens!;

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
