using System.Buffers;
using System.Text.Json;

namespace Capstan.Testing.Models;

/// <summary>Encodes a step as OpenAI chat completions frames. Other wire shapes get a class like this one.</summary>
internal sealed class OpenAiChatWire
{
    private static readonly JsonElement DefaultUsage = JsonElement.Parse(
        """{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"prompt_tokens_details":{"cached_tokens":40}}""");

    private int _calls;

    public static ReadOnlyMemory<byte> Opening { get; } = Delta(w => w.WriteString("role", "assistant"));

    public static ReadOnlyMemory<byte> Done { get; } = "data: [DONE]\n\n"u8.ToArray();

    /// <summary>The content frames of a step, in the order in which a provider sends them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Content(ModelStep step)
    {
        var frames = new List<ReadOnlyMemory<byte>>();
        foreach (var word in Words(step.Reason))
            frames.Add(Delta(w => w.WriteString("reasoning_content", word)));
        foreach (var word in Words(step.Text))
            frames.Add(Delta(w => w.WriteString("content", word)));
        for (var i = 0; i < step.Tools.Count; i++)
            AddTool(frames, i, step.Tools[i]);
        return frames;
    }

    /// <summary>The finish reason and the usage, each in its own frame, as asked for with <c>include_usage</c>.</summary>
    public static ReadOnlyMemory<byte> Ending(ModelStep step)
    {
        var finish = Frame(writer =>
        {
            writer.WriteStartArray("choices");
            writer.WriteStartObject();
            writer.WriteNumber("index", 0);
            writer.WriteStartObject("delta");
            writer.WriteEndObject();
            writer.WriteString("finish_reason", step.Finish ?? (step.Tools.Count > 0 ? "tool_calls" : "stop"));
            writer.WriteEndObject();
            writer.WriteEndArray();
        });
        var usage = Frame(writer =>
        {
            writer.WriteStartArray("choices");
            writer.WriteEndArray();
            writer.WritePropertyName("usage");
            (step.Usage ?? DefaultUsage).WriteTo(writer);
        });
        return (byte[])[.. finish.Span, .. usage.Span, .. Done.Span];
    }

    public static ReadOnlyMemory<byte> ErrorFrame(JsonElement error) => Envelope(writer =>
    {
        writer.WritePropertyName("error");
        error.WriteTo(writer);
    });

    public static string ErrorBody(int status) =>
        $$$"""{"error":{"message":"fake failure {{{status}}}","type":"server_error","code":"fake"}}""";

    /// <summary>Words that keep their trailing blank: "Hello there" is "Hello ", "there".</summary>
    internal static IEnumerable<string> Words(string? text)
    {
        for (var start = 0; start < text?.Length;)
        {
            var blank = text.IndexOf(' ', start);
            var end = blank < 0 ? text.Length : blank + 1;
            yield return text[start..end];
            start = end;
        }
    }

    private void AddTool(List<ReadOnlyMemory<byte>> frames, int index, ModelToolCall call)
    {
        var id = call.Id ?? $"call_{Interlocked.Increment(ref _calls)}";
        frames.Add(ToolDelta(index, w =>
        {
            w.WriteString("id", id);
            w.WriteString("type", "function");
        }, call.Name, ""));

        // Split in two: a client that parses each fragment by itself must fail.
        var arguments = call.ArgumentText;
        var half = arguments.Length / 2;
        if (half > 0)
            frames.Add(ToolDelta(index, _ => { }, null, arguments[..half]));
        frames.Add(ToolDelta(index, _ => { }, null, arguments[half..]));
    }

    private static ReadOnlyMemory<byte> ToolDelta(int index, Action<Utf8JsonWriter> head, string? name, string arguments) =>
        Delta(writer =>
        {
            writer.WriteStartArray("tool_calls");
            writer.WriteStartObject();
            writer.WriteNumber("index", index);
            head(writer);
            writer.WriteStartObject("function");
            if (name is not null)
                writer.WriteString("name", name);
            writer.WriteString("arguments", arguments);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndArray();
        });

    private static ReadOnlyMemory<byte> Delta(Action<Utf8JsonWriter> write) => Frame(writer =>
    {
        writer.WriteStartArray("choices");
        writer.WriteStartObject();
        writer.WriteNumber("index", 0);
        writer.WriteStartObject("delta");
        write(writer);
        writer.WriteEndObject();
        writer.WriteNull("finish_reason");
        writer.WriteEndObject();
        writer.WriteEndArray();
    });

    private static ReadOnlyMemory<byte> Frame(Action<Utf8JsonWriter> write) => Envelope(writer =>
    {
        writer.WriteString("id", "chatcmpl-fake");
        writer.WriteString("object", "chat.completion.chunk");
        writer.WriteNumber("created", 1);
        writer.WriteString("model", "echo");
        write(writer);
    });

    private static ReadOnlyMemory<byte> Envelope(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        buffer.Write("data: "u8);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        buffer.Write("\n\n"u8);
        return buffer.WrittenMemory;
    }
}
