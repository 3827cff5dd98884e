using System.Buffers;
using System.Buffers.Text;

namespace Capstan.Server.Events;

/// <summary>The framing of server-sent events (WHATWG HTML, section 9.2).</summary>
internal static class SseFrame
{
    /// <summary>Begins a frame.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="sequence">The SSE id; none where 0.</param>
    /// <param name="isSecond">Whether it is the event's second frame: see <see cref="EventPlace"/>.</param>
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
