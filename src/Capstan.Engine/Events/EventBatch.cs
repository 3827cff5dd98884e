using System.Buffers;
using System.Collections.Immutable;

namespace Capstan.Engine.Events;

/// <summary>Events that were published together; immutable and shared by all readers.</summary>
public sealed class EventBatch
{
    private readonly Lock _lock = new();
    private readonly List<(IEventEncoding Encoding, ReadOnlySequence<byte> Bytes)> _encoded = [];

    /// <summary>Creates a batch.</summary>
    /// <param name="start">The place in the feed before the events.</param>
    /// <param name="events">The events.</param>
    public EventBatch(EventCursor start, ImmutableArray<PublishedEvent> events)
    {
        Start = start;
        Events = events;
        foreach (var published in events)
            ByteCount += published.Json.Length;
    }

    /// <summary>The place in the feed before the events.</summary>
    public EventCursor Start { get; }

    /// <summary>The events, in order.</summary>
    public ImmutableArray<PublishedEvent> Events { get; }

    /// <summary>How many bytes the JSON of the events has.</summary>
    public long ByteCount { get; }

    /// <summary>The batch as bytes of a protocol. They are made once, however many readers want them.</summary>
    public ReadOnlySequence<byte> Encode(IEventEncoding encoding)
    {
        lock (_lock)
        {
            foreach (var known in _encoded)
            {
                if (ReferenceEquals(known.Encoding, encoding))
                    return known.Bytes;
            }

            var bytes = encoding.Encode(Start, Events);
            _encoded.Add((encoding, bytes));
            return bytes;
        }
    }

    /// <summary>The events of the batch that belong to one workspace, or null where none do.</summary>
    public EventBatch? Of(string directory)
    {
        var count = Events.Count(published => published.Directory == directory);
        if (count == 0)
            return null;
        return count == Events.Length ? this : new EventBatch(Start, [.. Events.Where(published => published.Directory == directory)]);
    }
}
