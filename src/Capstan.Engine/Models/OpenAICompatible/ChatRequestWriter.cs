using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Events;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Models.OpenAICompatible;

/// <summary>
/// Writes the body of a chat completion request. What was written of a message stays with it (<see cref="WrittenJson"/>): the next step
/// sends the same history again, and a few messages more.
/// </summary>
internal static class ChatRequestWriter
{
    internal static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    public static ReadOnlySequence<byte> Write(
        IEnumerable<ChatMessage> messages, ChatOptions options, OpenAICompatibleOptions provider)
    {
        // In pieces: the request of a long session takes megabytes, and is written anew for each step.
        var buffer = new SegmentedBuffer(16 * 1024);
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("model"u8, provider.Model);
        if (options.MaxOutputTokens is { } maxTokens)
            writer.WriteNumber("max_tokens"u8, maxTokens);
        if (options.Temperature is { } temperature)
            writer.WriteNumber("temperature"u8, temperature);
        if (options.TopP is { } topP)
            writer.WriteNumber("top_p"u8, topP);
        if (provider.SendsCacheKey && options.AdditionalProperties?.TryGetValue(ModelRequest.CacheKey, out var key) == true)
            writer.WriteString("prompt_cache_key"u8, (string?)key);
        foreach (var (name, value) in Extra(options, provider))
        {
            writer.WritePropertyName(name);
            if (value is null)
                writer.WriteNullValue();
            else
                value.WriteTo(writer);
        }

        writer.WriteStartArray("messages"u8);
        foreach (var message in messages)
            WriteMessage(writer, message, provider);
        writer.WriteEndArray();
        if (options.Tools is { Count: > 0 } tools)
            WriteTools(writer, tools);
        writer.WriteBoolean("stream"u8, true);
        writer.WriteStartObject("stream_options"u8);
        writer.WriteBoolean("include_usage"u8, true);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.ToSequence();
    }

    /// <summary>
    /// The configured options of the model, overridden by those of this request, under the names that the protocol has for them.
    /// </summary>
    private static Dictionary<string, JsonNode?> Extra(ChatOptions options, OpenAICompatibleOptions provider)
    {
        var extra = new Dictionary<string, JsonNode?>();
        foreach (var (name, value) in provider.Extra)
            extra[Name(name)] = value;
        if (options.AdditionalProperties?.TryGetValue(ModelRequest.OptionsKey, out var more) == true && more is JsonObject own)
        {
            foreach (var (name, value) in own)
                extra[Name(name)] = value;
        }

        return extra;
    }

    /// <summary>
    /// The protocol's name of an option: the configuration names options as the packages do that it was made for.
    /// </summary>
    private static string Name(string configured) => configured switch
    {
        "reasoningEffort" => "reasoning_effort",
        "textVerbosity" => "verbosity",
        _ => configured,
    };

    private static void WriteMessage(Utf8JsonWriter writer, ChatMessage message, OpenAICompatibleOptions provider)
    {
        if (message.Role != ChatRole.Tool)
        {
            if (message.RawRepresentation is not WrittenJson written || written.ReasoningField != provider.ReasoningField)
                message.RawRepresentation = written = WrittenJson.Of(provider.ReasoningField, own => WriteMessageAlone(own, message, provider));
            writer.WriteRawValue(written.Json, skipInputValidation: true);
            return;
        }

        foreach (var result in message.Contents.OfType<FunctionResultContent>())
        {
            if (result.RawRepresentation is not WrittenJson written)
                result.RawRepresentation = written = WrittenJson.Of(null, own => WriteResult(own, result));
            writer.WriteRawValue(written.Json, skipInputValidation: true);
        }
    }

    private static void WriteResult(Utf8JsonWriter writer, FunctionResultContent result)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, "tool"u8);
        writer.WriteString("tool_call_id"u8, result.CallId);
        writer.WriteString("content"u8, result.Result as string ?? "");
        writer.WriteEndObject();
    }

    private static void WriteMessageAlone(Utf8JsonWriter writer, ChatMessage message, OpenAICompatibleOptions provider)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, message.Role.Value);
        WriteContent(writer, message);
        if (provider.ReasoningField is { } field
            && string.Concat(message.Contents.OfType<TextReasoningContent>().Select(static part => part.Text)) is { Length: > 0 } reasoning)
        {
            writer.WriteString(field, reasoning);
        }

        WriteToolCalls(writer, message);
        writer.WriteEndObject();
    }

    private static void WriteContent(Utf8JsonWriter writer, ChatMessage message)
    {
        var hasMedia = false;
        var texts = 0;
        foreach (var content in message.Contents)
        {
            hasMedia |= content is DataContent or UriContent;
            texts += content is TextContent ? 1 : 0;
        }

        if (!hasMedia && (texts <= 1 || message.Role != ChatRole.User))
        {
            // Text alone is written as a string: every server of this protocol takes a string, but not every server takes a list
            // of parts.
            var text = message.Text;
            if (text.Length == 0 && message.Role == ChatRole.Assistant)
                writer.WriteNull("content"u8);
            else
                writer.WriteString("content"u8, text);
            return;
        }

        writer.WriteStartArray("content"u8);
        foreach (var content in message.Contents)
        {
            switch (content)
            {
                case TextContent text:
                    writer.WriteStartObject();
                    writer.WriteString("type"u8, "text"u8);
                    writer.WriteString("text"u8, text.Text);
                    writer.WriteEndObject();
                    break;
                case DataContent data:
                    WriteImage(writer, data.Uri);
                    break;
                case UriContent uri:
                    WriteImage(writer, uri.Uri.ToString());
                    break;
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteImage(Utf8JsonWriter writer, string url)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "image_url"u8);
        writer.WriteStartObject("image_url"u8);
        writer.WriteString("url"u8, url);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteToolCalls(Utf8JsonWriter writer, ChatMessage message)
    {
        var isFirst = true;
        foreach (var content in message.Contents)
        {
            if (content is not FunctionCallContent call)
                continue;
            if (isFirst)
                writer.WriteStartArray("tool_calls"u8);
            isFirst = false;
            writer.WriteStartObject();
            writer.WriteString("id"u8, call.CallId);
            writer.WriteString("type"u8, "function"u8);
            writer.WriteStartObject("function"u8);
            writer.WriteString("name"u8, call.Name);
            writer.WriteString("arguments"u8, ToolCallArguments.Write(call).WrittenSpan);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        if (!isFirst)
            writer.WriteEndArray();
    }

    private static void WriteTools(Utf8JsonWriter writer, IList<AITool> tools)
    {
        writer.WriteStartArray("tools"u8);
        foreach (var tool in tools)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "function"u8);
            writer.WriteStartObject("function"u8);
            writer.WriteString("name"u8, tool.Name);
            writer.WriteString("description"u8, tool.Description);
            if (tool is AIFunctionDeclaration function)
            {
                writer.WritePropertyName("parameters"u8);
                function.JsonSchema.WriteTo(writer);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("tool_choice"u8, "auto"u8);
    }
}
