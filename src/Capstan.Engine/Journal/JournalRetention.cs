using Capstan.Engine.Storage;

namespace Capstan.Engine.Journal;

/// <summary>
/// Deletes old events in blocks, so that the event log stays bounded in number and bytes, and no single write is slowed down
/// much.
/// </summary>
/// <param name="options">The limits, for all lanes together.</param>
/// <param name="last">The number of the lane's newest event when it was opened.</param>
/// <param name="lanes">How many lanes share the limits.</param>
internal sealed class JournalRetention(JournalOptions options, long last, int lanes)
{
    // Most writes delete nothing, because events are deleted in blocks; a write that deletes a block stays short, because blocks
    // are small.
    private const long Block = 500;
    private readonly long _blockBytes = Math.Clamp(options.RetainedBytes / lanes / 16, 1, 4 << 20);
    private long _next = last + Block;
    private long _nextBytes;

    /// <summary>Deletes the events beyond the limits, where a block has been added since the last deletion.</summary>
    /// <param name="write">The write in progress.</param>
    /// <param name="lastSequence">The number of the newest event.</param>
    /// <param name="bytes">The bytes of all events since the start of the process.</param>
    public void Apply(IStoreTransaction write, long lastSequence, long bytes)
    {
        if (lastSequence < _next && bytes < _nextBytes)
            return;
        _next = lastSequence + Block;
        _nextBytes = bytes + _blockBytes;
        write.TrimEvents(lastSequence, options.RetainedEvents / lanes, options.RetainedBytes / lanes);
    }
}
