using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Capstan.Engine.Events;

/// <summary>Writes events as clients read them: <c>{"id","type","properties"}</c>.</summary>
public static class EventJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static Scratch? _scratch;

    /// <summary>Writes one event.</summary>
    public static byte[] Write(string id, string type, Action<Utf8JsonWriter> writeProperties)
    {
        // Each thread keeps one writer and its buffer, because events are written many thousand times a second.
        var scratch = _scratch ??= new Scratch();
        scratch.Buffer.ResetWrittenCount();
        var writer = scratch.Writer;
        writer.Reset();
        writer.WriteStartObject();
        writer.WriteString("id"u8, id);
        writer.WriteString("type"u8, type);
        writer.WritePropertyName("properties"u8);
        writeProperties(writer);
        writer.WriteEndObject();
        writer.Flush();
        var json = scratch.Buffer.WrittenSpan.ToArray();
        if (scratch.Buffer.Capacity > 1 << 20)
            _scratch = null;
        return json;
    }

    /// <summary>The properties of an event that <see cref="Write"/> wrote, without parsing it.</summary>
    public static ReadOnlySequence<byte> Properties(PublishedEvent published)
    {
        var start = PropertiesStart(published);
        return published.Json.Slice(start, published.Json.Length - start - 1);
    }

    /// <summary>
    /// The byte at which the properties begin. What comes before has a known length, because identifiers and types are plain
    /// ASCII.
    /// </summary>
    internal static int PropertiesStart(PublishedEvent published) =>
        "{'id':'','type':'','properties':".Length + published.ID.Length + published.Type.Length;

    private sealed class Scratch
    {
        public Scratch() => Writer = new Utf8JsonWriter(Buffer, Options);

        public ArrayBufferWriter<byte> Buffer { get; } = new(4096);

        public Utf8JsonWriter Writer { get; }
    }
}
