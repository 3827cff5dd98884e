using System.Buffers;

namespace Capstan.Engine.Events;

/// <summary>Turns events into the bytes of a protocol. Implementations are stateless and shared.</summary>
public interface IEventEncoding
{
    /// <summary>Encodes events, in order.</summary>
    ReadOnlySequence<byte> Encode(IReadOnlyList<PublishedEvent> events);
}
