using System.Buffers;
using Capstan.Engine.Events;

namespace Capstan.Server.Events;

/// <summary>Encodes events as <c>GET /event</c> sends them. Durable events carry their place in the feed as the SSE id.</summary>
internal sealed class InstanceEncoding : IStreamEncoding
{
    /// <summary>The only instance.</summary>
    public static InstanceEncoding Instance { get; } = new();

    /// <inheritdoc/>
    public bool HasPairs => false;

    /// <inheritdoc/>
    public ReadOnlySequence<byte> EncodeSecond(EventCursor place, PublishedEvent published) => default;

    /// <inheritdoc/>
    public ReadOnlySequence<byte> Encode(EventCursor start, IReadOnlyList<PublishedEvent> events)
    {
        var place = start;
        var output = new SegmentedBuffer(events.Count * 512);
        foreach (var published in events)
        {
            if (published.IsDurable)
            {
                place = place.With(published.Lane, published.Sequence);
                SseFrame.BeginData(output, place, published.Lane, EventFrame.Only);
            }
            else
            {
                SseFrame.BeginData(output);
            }

            output.Append(published.Json);
            SseFrame.End(output);
        }

        return output.ToSequence();
    }
}
