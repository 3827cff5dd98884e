using System.Buffers;
using System.Buffers.Text;

namespace Capstan.Server.Events;

/// <summary>Frames server-sent events (WHATWG HTML, section 9.2).</summary>
internal static class SseFrame
{
    /// <summary>Begins a frame.</summary>
    /// <param name="output">The buffer that gets the frame.</param>
    /// <param name="sequence">The sequence number for the SSE id; 0 for a frame without an id.</param>
    /// <param name="isSecond">Whether this is the event's second frame (see <see cref="EventPlace"/>).</param>
    public static void BeginData(IBufferWriter<byte> output, long sequence, bool isSecond = false)
    {
        if (sequence > 0)
        {
            output.Write("id: "u8);
            Utf8Formatter.TryFormat(sequence, output.GetSpan(20), out var length);
            output.Advance(length);
            output.Write(isSecond ? ".1\n"u8 : "\n"u8);
        }

        output.Write("data: "u8);
    }

    /// <summary>Ends a frame.</summary>
    public static void End(IBufferWriter<byte> output) => output.Write("\n\n"u8);
}
