using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Sessions;

namespace Capstan.Server.Events;

/// <summary>
/// Events as <c>GET /global/event</c> sends them: wrapped with their directory and project, and for changes of rows a second frame in
/// the form that replicas of a store read. The frames of such a pair have ids of their own, <c>42</c> and <c>42.1</c>, so that a reader
/// who is cut off between them comes back to the second.
/// </summary>
internal sealed class GlobalEncoding : IStreamEncoding
{
    /// <summary>The one instance.</summary>
    public static GlobalEncoding Instance { get; } = new();

    /// <inheritdoc/>
    public bool HasPairs => true;

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> EncodeSecond(PublishedEvent published)
    {
        if (!IsPair(published))
            return default;
        var output = new ArrayBufferWriter<byte>(published.Json.Length + 512);
        WriteSync(output, published);
        return output.WrittenMemory;
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Encode(IReadOnlyList<PublishedEvent> events)
    {
        var output = new ArrayBufferWriter<byte>(events.Sum(static published => (published.Json.Length * 2) + 512));
        foreach (var published in events)
        {
            SseFrame.BeginData(output, published.Sequence);
            WriteEnvelope(output, published);
            output.Write(published.Json.Span);
            output.Write("}"u8);
            SseFrame.End(output);
            if (IsPair(published))
                WriteSync(output, published);
        }

        return output.WrittenMemory;
    }

    private static bool IsPair(PublishedEvent published) => published.IsDurable && IsRowChange(published.Type);

    private static bool IsRowChange(string type) => type is EventType.SessionCreated or EventType.SessionUpdated
        or EventType.SessionDeleted or EventType.MessageUpdated or EventType.MessageRemoved or EventType.PartUpdated
        or EventType.PartRemoved;

    private static void WriteEnvelope(ArrayBufferWriter<byte> output, PublishedEvent published)
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

    private static void WriteSync(ArrayBufferWriter<byte> output, PublishedEvent published)
    {
        SseFrame.BeginData(output, published.Sequence, isSecond: true);
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
        output.Write(EventJson.Properties(published).Span);
        output.Write("},\"id\":\""u8);
        WriteAscii(output, published.ID);
        output.Write("\"}}"u8);
        SseFrame.End(output);
    }

    private static void WriteAscii(ArrayBufferWriter<byte> output, string text) =>
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(text.Length * 3)));
}
