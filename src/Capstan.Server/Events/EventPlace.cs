using System.Buffers;
using System.Globalization;
using System.Text;
using Capstan.Engine.Events;

namespace Capstan.Server.Events;

/// <summary>A reader's place in an event stream: the SSE id of the last frame that the reader has.</summary>
/// <remarks>
/// The text is the event's cursor, followed by <c>.1</c> for a second frame. For the first of two frames the lane of the event
/// follows instead (<c>12-7-90:1</c>), where the feed has more than one: a cursor alone does not say which lane moved last.
/// </remarks>
/// <param name="Cursor">The place of the frame's event in the feed.</param>
/// <param name="HalfLane">
/// The lane whose last event may have a second frame that the reader does not have; null where there is none.
/// </param>
internal readonly record struct EventPlace(EventCursor Cursor, int? HalfLane)
{
    private const string Second = ".1";
    private const char Half = ':';

    /// <summary>Parses an SSE id; null where it is not an id of Capstan's.</summary>
    public static EventPlace? Parse(string? id)
    {
        if (id is null)
            return null;
        int? half = null;
        var text = id.AsSpan();
        if (text.EndsWith(Second))
        {
            text = text[..^Second.Length];
        }
        else if (text.IndexOf(Half) is >= 0 and var at)
        {
            if (!int.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var lane))
                return null;
            half = lane;
            text = text[..at];
        }
        else if (!text.Contains('-'))
        {
            half = 0;
        }

        return EventCursor.TryParse(text, out var cursor) && !(half >= cursor.LaneCount) ? new EventPlace(cursor, half) : null;
    }

    /// <summary>Writes the SSE id of a frame.</summary>
    /// <param name="output">The buffer that gets the id.</param>
    /// <param name="cursor">The place of the frame's event in the feed.</param>
    /// <param name="lane">The lane of that event.</param>
    /// <param name="frame">Which of the event's frames it is.</param>
    public static void Write(IBufferWriter<byte> output, EventCursor cursor, int lane, EventFrame frame)
    {
        cursor.Write(output);
        if (frame == EventFrame.Second)
            output.Write(".1"u8);
        else if (frame == EventFrame.First && cursor.LaneCount > 1)
            output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Half}{lane}")));
    }
}
