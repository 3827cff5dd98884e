using Capstan.Engine.Configuration.Settings;

namespace Capstan.Engine.Turns;

/// <summary>What is kept of sessions between turns, so that a long history is not read anew for each.</summary>
/// <param name="MaxBytes">Bytes of all that are kept, default 32 MiB; 0 keeps nothing.</param>
public sealed record ContextOptions(long MaxBytes = 32 << 20)
{
    /// <summary>How long the history of a session is kept after its last turn; default 10 minutes. Infinite where no clock is to drop it.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>These limits, with those that the settings name in place of their own.</summary>
    public ContextOptions With(ContextSettings settings) => new(settings.MaxBytes ?? MaxBytes)
    {
        MaxAge = settings.MaxAge is { } age ? TimeSpan.FromMilliseconds(age) : MaxAge,
    };
}
