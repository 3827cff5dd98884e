namespace Capstan.Engine.Configuration.Settings;

/// <summary>Limits of events. A setting that is absent keeps its default.</summary>
public sealed record EventSettings
{
    /// <summary>The defaults, where they are stated once for the code and for docs/configuration.md.</summary>
    public static EventSettings Default { get; } = new()
    {
        Retain = 200_000,
        RetainBytes = 256 << 20,
        MaxWaiting = 16_384,
        MaxWaitingBytes = 2 << 20,
    };

    /// <summary>How many of the newest events are kept for readers that resume.</summary>
    public long? Retain { get; init; }

    /// <summary>How many bytes of the newest events are kept at the most.</summary>
    public long? RetainBytes { get; init; }

    /// <summary>How many events may be queued for one reader before the reader is dropped.</summary>
    public int? MaxWaiting { get; init; }

    /// <summary>How many bytes of events may be queued for one reader before the reader is dropped.</summary>
    public long? MaxWaitingBytes { get; init; }
}
