namespace Capstan.Engine.Events;

/// <summary>
/// How many events may be queued for one reader. When its queue is full, its deltas are folded, or the reader is dropped.
/// </summary>
/// <param name="MaxEvents">How many events make a queue full; default 16,384.</param>
/// <param name="MaxBytes">
/// How many bytes of event JSON make a queue full; default 2 MiB. All readers share the bytes of an event.
/// </param>
public sealed record EventHubOptions(int MaxEvents = 16_384, long MaxBytes = 2 << 20)
{
    /// <summary>
    /// How many bytes of folded events may be queued for all readers together; default 32 MiB. Folded events belong to one reader
    /// and are not shared; beyond this bound, slow readers are dropped without folding.
    /// </summary>
    public long MaxFoldedBytes { get; init; } = 32 << 20;

    /// <summary>The defaults.</summary>
    public static EventHubOptions Default { get; } = new();
}
