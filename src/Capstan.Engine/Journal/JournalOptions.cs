namespace Capstan.Engine.Journal;

/// <summary>Limits of the journal.</summary>
/// <param name="RetainedEvents">How many of the newest durable events are kept for readers that resume; default 200,000.</param>
/// <param name="RetainedBytes">How many bytes of these events are kept at the most; default 256 MiB.</param>
public sealed record JournalOptions(long RetainedEvents = 200_000, long RetainedBytes = 256 << 20)
{
    /// <summary>The defaults.</summary>
    public static JournalOptions Default { get; } = new();
}
