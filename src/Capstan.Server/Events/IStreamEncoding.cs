using System.Buffers;
using Capstan.Engine.Events;

namespace Capstan.Server.Events;

/// <summary>How a stream of server-sent events tells events.</summary>
internal interface IStreamEncoding : IEventEncoding
{
    /// <summary>Whether an event may take a second frame. A reader who has the first one only is told the second when it comes back.</summary>
    bool HasPairs { get; }

    /// <summary>The frame that follows an event's first; empty where it has one only.</summary>
    ReadOnlySequence<byte> EncodeSecond(PublishedEvent published);
}
