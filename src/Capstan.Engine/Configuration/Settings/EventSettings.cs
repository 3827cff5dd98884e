namespace Capstan.Engine.Configuration.Settings;

/// <summary>Limits of events. A setting that is absent keeps its default.</summary>
public sealed record EventSettings
{
    /// <summary>How many of the newest events are kept for readers that resume; default 200,000.</summary>
    public long? Retain { get; init; }

    /// <summary>How many bytes of the newest events are kept at the most; default 256 MiB.</summary>
    public long? RetainBytes { get; init; }

    /// <summary>How many events may be queued for one reader before the reader is dropped; default 16,384.</summary>
    public int? MaxWaiting { get; init; }

    /// <summary>How many bytes of events may be queued for one reader before the reader is dropped; default 2 MiB.</summary>
    public long? MaxWaitingBytes { get; init; }

    internal (string Key, string Reason)? Problem => SettingRange.Check(
        "events",
        new("retain", Retain, Most: long.MaxValue),
        new("retainBytes", RetainBytes, Most: long.MaxValue),
        new("maxWaiting", MaxWaiting, Least: 1),
        new("maxWaitingBytes", MaxWaitingBytes, Least: 1, Most: long.MaxValue));
}
