using System.Buffers;
using Capstan.Engine.Events;

namespace Capstan.Server.Events;

/// <summary>Encodes events as <c>GET /event</c> sends them. Durable events carry their sequence number as the SSE id.</summary>
internal sealed class InstanceEncoding : IStreamEncoding
{
    /// <summary>The only instance.</summary>
    public static InstanceEncoding Instance { get; } = new();

    /// <inheritdoc/>
    public bool HasPairs => false;

    /// <inheritdoc/>
    public ReadOnlySequence<byte> EncodeSecond(PublishedEvent published) => default;

    /// <inheritdoc/>
    public ReadOnlySequence<byte> Encode(IReadOnlyList<PublishedEvent> events)
    {
        var output = new SegmentedBuffer(events.Count * 512);
        foreach (var published in events)
        {
            SseFrame.BeginData(output, published.Sequence);
            output.Append(published.Json);
            SseFrame.End(output);
        }

        return output.ToSequence();
    }
}
