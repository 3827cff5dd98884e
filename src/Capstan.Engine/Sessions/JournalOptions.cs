namespace Capstan.Engine.Sessions;

/// <summary>Limits of the journal.</summary>
/// <param name="RetainedEvents">How many of the newest durable events are kept for readers that resume; default 200,000.</param>
public sealed record JournalOptions(long RetainedEvents = 200_000)
{
    /// <summary>The defaults.</summary>
    public static JournalOptions Default { get; } = new();
}
