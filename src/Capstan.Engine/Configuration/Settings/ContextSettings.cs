namespace Capstan.Engine.Configuration.Settings;

/// <summary>How much of sessions is kept in memory between their turns. A setting that is absent keeps its default.</summary>
public sealed record ContextSettings
{
    /// <summary>How many bytes of histories are kept, those of the latest turns first; default 32 MiB, and 0 for none.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>How long a history is kept after the last turn of its session, in milliseconds; default 600,000.</summary>
    public long? MaxAge { get; init; }

    internal (string Key, string Reason)? Problem => SettingRange.Check(
        "contexts",
        new("maxBytes", MaxBytes, Most: long.MaxValue),
        new("maxAge", MaxAge, Least: 1));
}
