using System.Buffers;
using Capstan.Contract;

namespace Capstan.Engine.Events;

/// <summary>Writes <c>message.part.updated</c> around the JSON of a part.</summary>
internal static class PartUpdate
{
    /// <summary>The event's JSON.</summary>
    public static ReadOnlySequence<byte> Write(string id, string sessionID, in ReadOnlySequence<byte> part, long now)
    {
        var json = EventJson.Write(id, EventType.PartUpdated, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("sessionID"u8, sessionID);
            writer.WriteNull("part"u8);
            writer.WriteNumber("time"u8, now);
            writer.WriteEndObject();
        });
        var key = "\"part\":"u8;
        return SegmentedBuffer.Splice(json, json.AsSpan().IndexOf(key) + key.Length, "null".Length, part);
    }

    /// <summary>Creates the event for readers that are connected at this moment: it is not stored and has no number.</summary>
    public static PublishedEvent Live(IdentifierSource identifiers, SessionInfo session, in ReadOnlySequence<byte> part, long now)
    {
        var id = identifiers.NewEvent();
        return new PublishedEvent(
            0, session.ID, -1, session.Directory, session.ProjectID, id, EventType.PartUpdated, Write(id, session.ID, part, now));
    }
}
