using System.Buffers;

namespace Capstan.Engine.Events;

/// <summary>Turns events into the bytes of a protocol. Implementations are stateless and shared.</summary>
public interface IEventEncoding
{
    /// <summary>Encodes events, in order.</summary>
    /// <param name="start">The place in the feed before these events.</param>
    /// <param name="events">The events.</param>
    ReadOnlySequence<byte> Encode(EventCursor start, IReadOnlyList<PublishedEvent> events);
}
