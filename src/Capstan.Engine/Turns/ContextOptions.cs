using Capstan.Engine.Configuration.Settings;

namespace Capstan.Engine.Turns;

/// <summary>
/// Limits of the histories that are kept in memory between turns, so that a turn need not read a long history again. The defaults
/// are those of the settings, <see cref="ContextSettings.Default"/>.
/// </summary>
/// <param name="MaxBytes">The most bytes that all kept histories may take together. 0 keeps none.</param>
public sealed record ContextOptions(long MaxBytes)
{
    /// <summary>Creates the default limits.</summary>
    public ContextOptions()
        : this((long)ContextSettings.Default.MaxBytes!)
    {
    }

    /// <summary>
    /// How long the history of a session is kept after its last turn. An infinite time keeps a history until
    /// the byte limit or scarce memory drops it.
    /// </summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMilliseconds((long)ContextSettings.Default.MaxAge!);

    /// <summary>These limits, overridden by those that the settings name.</summary>
    public ContextOptions With(ContextSettings settings) => new(settings.MaxBytes ?? MaxBytes)
    {
        MaxAge = settings.MaxAge is { } age ? TimeSpan.FromMilliseconds(age) : MaxAge,
    };
}
