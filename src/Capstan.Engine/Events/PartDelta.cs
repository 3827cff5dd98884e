using System.Buffers;
using System.Text.Json;
using Capstan.Contract;

namespace Capstan.Engine.Events;

/// <summary>
/// The event <c>message.part.delta</c>: text that was added to a part. This is the one place that knows where in the bytes of
/// such an event its text stands.
/// </summary>
internal static class PartDelta
{
    private static ReadOnlySpan<byte> Key => "\"delta\":\""u8;

    private static ReadOnlySpan<byte> End => "\"}}"u8;

    /// <summary>Creates the event, which is live only.</summary>
    public static PublishedEvent Create(IdentifierSource identifiers, SessionInfo session, Part part, string delta)
    {
        var id = identifiers.NewEvent();
        var json = EventJson.Write(id, EventType.PartDelta, writer => JsonSerializer.Serialize(
            writer, new PartDeltaEvent(session.ID, part.MessageID, part.ID, "text", delta), WireJson.Wire.PartDeltaEvent));
        return new PublishedEvent(
            0, session.ID, -1, session.Directory, session.ProjectID, id, EventType.PartDelta, new ReadOnlySequence<byte>(json));
    }

    /// <summary>The text of a delta as the event holds it: escaped, as the inside of a JSON string.</summary>
    public static ReadOnlySpan<byte> Text(PublishedEvent delta)
    {
        var json = delta.Json.FirstSpan;
        return json[TextStart(json)..^End.Length];
    }

    /// <summary>Whether two deltas are of the same part.</summary>
    public static bool IsSamePart(PublishedEvent one, PublishedEvent other) => Place(one).SequenceEqual(Place(other));

    /// <summary>Joins several deltas of one part into one delta with the text of all.</summary>
    /// <param name="deltas">The deltas, in order.</param>
    public static PublishedEvent Join(IReadOnlyList<PublishedEvent> deltas)
    {
        if (deltas.Count == 1)
            return deltas[0];
        var head = deltas[0].Json.FirstSpan[..TextStart(deltas[0].Json.FirstSpan)];
        var length = head.Length + End.Length;
        foreach (var delta in deltas)
            length += Text(delta).Length;
        var json = GC.AllocateUninitializedArray<byte>(length);
        head.CopyTo(json);
        var end = head.Length;
        foreach (var delta in deltas)
        {
            var text = Text(delta);
            text.CopyTo(json.AsSpan(end));
            end += text.Length;
        }

        End.CopyTo(json.AsSpan(end));
        return deltas[0] with { Json = new ReadOnlySequence<byte>(json) };
    }

    /// <summary>The bytes of a delta that say which part it is of: session, message, part and field.</summary>
    private static ReadOnlySpan<byte> Place(PublishedEvent delta)
    {
        var json = delta.Json.FirstSpan;
        return json[EventJson.PropertiesStart(delta)..TextStart(json)];
    }

    private static int TextStart(ReadOnlySpan<byte> json) => json.IndexOf(Key) + Key.Length;
}
