using Capstan.Engine.Configuration.Settings;

namespace Capstan.Engine.Turns;

/// <summary>
/// Limits of the histories that are kept in memory between turns, so that a turn need not read a long history again.
/// </summary>
/// <param name="MaxBytes">The most bytes that all kept histories may take together; default 32 MiB. 0 keeps none.</param>
public sealed record ContextOptions(long MaxBytes = 32 << 20)
{
    /// <summary>
    /// How long the history of a session is kept after its last turn; default 10 minutes. An infinite time keeps a history until
    /// the byte limit or scarce memory drops it.
    /// </summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>These limits, overridden by those that the settings name.</summary>
    public ContextOptions With(ContextSettings settings) => new(settings.MaxBytes ?? MaxBytes)
    {
        MaxAge = settings.MaxAge is { } age ? TimeSpan.FromMilliseconds(age) : MaxAge,
    };
}
