using Capstan.Engine.Storage;

namespace Capstan.Engine.Journal;

/// <summary>Forgets old events in steps, so that the log stays bounded in number and bytes and no single write pays for much.</summary>
internal sealed class JournalRetention(JournalOptions options, long last)
{
    // Deleting in blocks keeps the common write free of it; small blocks keep the unlucky write short.
    private const long Block = 500;
    private readonly long _blockBytes = Math.Clamp(options.RetainedBytes / 16, 1, 4 << 20);
    private long _next = last + Block;
    private long _nextBytes;

    /// <summary>Forgets what is too old, if it is time to.</summary>
    /// <param name="write">The write in progress.</param>
    /// <param name="lastSequence">The newest event.</param>
    /// <param name="bytes">The bytes of all events since the start.</param>
    public void Apply(IStoreTransaction write, long lastSequence, long bytes)
    {
        if (lastSequence < _next && bytes < _nextBytes)
            return;
        _next = lastSequence + Block;
        _nextBytes = bytes + _blockBytes;
        write.TrimEvents(lastSequence, options.RetainedEvents, options.RetainedBytes);
    }
}
