using System.Buffers;
using Capstan.Engine.Events;

namespace Capstan.Server.Events;

/// <summary>Encodes events for a stream of server-sent events.</summary>
internal interface IStreamEncoding : IEventEncoding
{
    /// <summary>
    /// Whether an event may have a second frame. A reader that resumes with only the first frame then gets the second.
    /// </summary>
    bool HasPairs { get; }

    /// <summary>Encodes an event's second frame; empty where the event has only one.</summary>
    /// <param name="place">The event's place in the feed.</param>
    /// <param name="published">The event.</param>
    ReadOnlySequence<byte> EncodeSecond(EventCursor place, PublishedEvent published);
}
