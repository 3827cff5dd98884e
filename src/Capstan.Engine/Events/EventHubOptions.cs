namespace Capstan.Engine.Events;

/// <summary>How much may wait for one reader before it is dropped.</summary>
/// <param name="MaxEvents">Events, default 16,384.</param>
/// <param name="MaxBytes">Bytes of event JSON, default 2 MiB. The bytes are shared by all readers that wait for them.</param>
public sealed record EventHubOptions(int MaxEvents = 16_384, long MaxBytes = 2 << 20)
{
    /// <summary>
    /// Bytes of event JSON that may wait folded, for all slow readers together; default 32 MiB. What is folded is not shared; beyond
    /// this, slow readers are dropped without being helped.
    /// </summary>
    public long MaxFoldedBytes { get; init; } = 32 << 20;

    /// <summary>The defaults.</summary>
    public static EventHubOptions Default { get; } = new();
}
