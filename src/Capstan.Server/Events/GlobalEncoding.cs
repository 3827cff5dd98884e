using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Events;

namespace Capstan.Server.Events;

/// <summary>
/// Encodes events as <c>GET /global/event</c> sends them: wrapped with their directory and project. A change of a row has a
/// second frame, in the form that replicas of a store read. The two frames have ids of their own, <c>42</c> and <c>42.1</c>, so
/// that a reader that is cut off between them resumes at the second.
/// </summary>
internal sealed class GlobalEncoding : IStreamEncoding
{
    /// <summary>The only instance.</summary>
    public static GlobalEncoding Instance { get; } = new();

    /// <inheritdoc/>
    public bool HasPairs => true;

    /// <inheritdoc/>
    public ReadOnlySequence<byte> EncodeSecond(EventCursor place, PublishedEvent published)
    {
        if (!IsPair(published))
            return default;
        var output = new SegmentedBuffer();
        WriteSync(output, place, published);
        return output.ToSequence();
    }

    /// <inheritdoc/>
    public ReadOnlySequence<byte> Encode(EventCursor start, IReadOnlyList<PublishedEvent> events)
    {
        var place = start;
        var output = new SegmentedBuffer(events.Count * 1024);
        foreach (var published in events)
        {
            if (published.IsDurable)
            {
                place = place.With(published.Lane, published.Sequence);
                SseFrame.BeginData(output, place, published.Lane, IsPair(published) ? EventFrame.First : EventFrame.Only);
            }
            else
            {
                SseFrame.BeginData(output);
            }

            WriteEnvelope(output, published);
            output.Append(published.Json);
            output.Write("}"u8);
            SseFrame.End(output);
            if (IsPair(published))
                WriteSync(output, place, published);
        }

        return output.ToSequence();
    }

    private static bool IsPair(PublishedEvent published) => published.IsDurable && IsRowChange(published.Type);

    private static bool IsRowChange(string type) => type is EventType.SessionCreated or EventType.SessionUpdated
        or EventType.SessionDeleted or EventType.MessageUpdated or EventType.MessageRemoved or EventType.PartUpdated
        or EventType.PartRemoved;

    private static void WriteEnvelope(SegmentedBuffer output, PublishedEvent published)
    {
        if (published.Directory.Length == 0)
        {
            output.Write("{\"payload\":"u8);
            return;
        }

        output.Write("{\"directory\":\""u8);
        output.Write(JsonEncodedText.Encode(published.Directory, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        output.Write("\",\"project\":\""u8);
        output.Write(JsonEncodedText.Encode(published.ProjectID, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
        output.Write("\",\"payload\":"u8);
    }

    private static void WriteSync(SegmentedBuffer output, EventCursor place, PublishedEvent published)
    {
        SseFrame.BeginData(output, place, published.Lane, EventFrame.Second);
        WriteEnvelope(output, published);
        output.Write("{\"type\":\"sync\",\"syncEvent\":{\"id\":\""u8);
        WriteAscii(output, published.ID);
        output.Write("\",\"type\":\""u8);
        WriteAscii(output, published.Type);
        output.Write(".1\",\"seq\":"u8);
        WriteAscii(output, published.SessionSequence.ToString(CultureInfo.InvariantCulture));
        output.Write(",\"aggregateID\":\""u8);
        WriteAscii(output, published.SessionID!);
        output.Write("\",\"data\":"u8);
        output.Append(EventJson.Properties(published));
        output.Write("},\"id\":\""u8);
        WriteAscii(output, published.ID);
        output.Write("\"}}"u8);
        SseFrame.End(output);
    }

    private static void WriteAscii(SegmentedBuffer output, string text) =>
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(text.Length * 3)));
}
