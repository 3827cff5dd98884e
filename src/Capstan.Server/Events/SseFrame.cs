using System.Buffers;
using Capstan.Engine.Events;

namespace Capstan.Server.Events;

/// <summary>Frames server-sent events (WHATWG HTML, section 9.2).</summary>
internal static class SseFrame
{
    /// <summary>Begins a frame of a durable event, with the event's place in the feed as its id.</summary>
    /// <param name="output">The buffer that gets the frame.</param>
    /// <param name="place">The event's place in the feed.</param>
    /// <param name="lane">The event's lane.</param>
    /// <param name="frame">Which of the event's frames this is.</param>
    public static void BeginData(IBufferWriter<byte> output, EventCursor place, int lane, EventFrame frame)
    {
        WriteID(output, place, lane, frame);
        BeginData(output);
    }

    /// <summary>Begins a frame without an id.</summary>
    public static void BeginData(IBufferWriter<byte> output) => output.Write("data: "u8);

    /// <summary>Writes the line of a frame that has its id.</summary>
    public static void WriteID(IBufferWriter<byte> output, EventCursor place, int lane, EventFrame frame)
    {
        output.Write("id: "u8);
        EventPlace.Write(output, place, lane, frame);
        output.Write("\n"u8);
    }

    /// <summary>Ends a frame.</summary>
    public static void End(IBufferWriter<byte> output) => output.Write("\n\n"u8);
}
