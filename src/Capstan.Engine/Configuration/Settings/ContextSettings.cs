namespace Capstan.Engine.Configuration.Settings;

/// <summary>What is kept in memory of sessions between their turns; what is absent keeps its default.</summary>
public sealed record ContextSettings
{
    /// <summary>How many bytes of histories are kept, those of the latest turns first; default 32 MiB, and 0 for none.</summary>
    public long? MaxBytes { get; init; }

    /// <summary>How long a history is kept after the last turn of its session; default 600,000.</summary>
    public long? MaxAge { get; init; }

    internal (string Key, string Reason)? Problem => SettingRange.Check(
        "contexts",
        new("maxBytes", MaxBytes, Most: long.MaxValue),
        new("maxAge", MaxAge, Least: 1));
}
