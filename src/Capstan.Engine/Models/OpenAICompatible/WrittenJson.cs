using System.Buffers;
using System.Text.Json;

namespace Capstan.Engine.Models.OpenAICompatible;

/// <summary>The JSON of a message as it was sent, kept for the next request that sends it. Messages of a history never change.</summary>
/// <param name="ReasoningField">The field that the message's reasoning was written to; null where none was.</param>
/// <param name="Json">The JSON.</param>
internal sealed record WrittenJson(string? ReasoningField, byte[] Json)
{
    /// <summary>Writes a message.</summary>
    public static WrittenJson Of(string? reasoningField, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ChatRequestWriter.WriterOptions))
            write(writer);
        return new WrittenJson(reasoningField, buffer.WrittenSpan.ToArray());
    }
}
