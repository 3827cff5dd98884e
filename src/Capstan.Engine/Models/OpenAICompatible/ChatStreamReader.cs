using System.Text;
using System.Text.Json;
using Capstan.Contract;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Models.OpenAICompatible;

/// <summary>Reads the chunks of one streamed chat completion.</summary>
internal sealed class ChatStreamReader(Uri address)
{
    private readonly List<ToolCallAssembly> _calls = [];
    private ChatFinishReason? _finish;
    private UsageDetails? _usage;

    /// <summary>Whether the server has said that it is done.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Reads one chunk, and returns the update that it brings, if there is one.</summary>
    /// <exception cref="ModelException">The chunk reports an error, or is not a chunk of this protocol.</exception>
    public ChatResponseUpdate? Read(ReadOnlyMemory<byte> data)
    {
        try
        {
            return ReadChunk(data);
        }
        catch (InvalidOperationException exception)
        {
            // Elements of JSON throw this exception where a value is of another kind than the protocol has in that place.
            throw Broken($"The model sent a chunk of another shape: {Excerpt(data.Span)}", exception);
        }
    }

    private ChatResponseUpdate? ReadChunk(ReadOnlyMemory<byte> data)
    {
        if (data.Span.SequenceEqual("[DONE]"u8))
        {
            IsDone = true;
            return null;
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(data);
        }
        catch (JsonException exception)
        {
            throw Broken($"The model sent a chunk that is not JSON: {Excerpt(data.Span)}", exception);
        }

        using (document)
        {
            var chunk = document.RootElement;
            if (chunk.ValueKind != JsonValueKind.Object)
                throw Broken($"The model sent a chunk that is not an object: {Excerpt(data.Span)}", null);
            if (chunk.TryGetProperty("error"u8, out var error) && error.ValueKind is not JsonValueKind.Null)
                throw ProviderErrors.FromStream(error, address);
            if (chunk.TryGetProperty("usage"u8, out var usage) && usage.ValueKind == JsonValueKind.Object)
                _usage = ReadUsage(usage);
            if (!chunk.TryGetProperty("choices"u8, out var choices) || choices.ValueKind != JsonValueKind.Array
                || choices.GetArrayLength() == 0)
            {
                return null;
            }

            return ReadChoice(choices[0]);
        }
    }

    /// <summary>
    /// Ends the stream, and returns its last update: the calls that are still open, why the model stopped, and what it used.
    /// </summary>
    /// <exception cref="ModelException">The stream ended before the model had finished.</exception>
    public ChatResponseUpdate Finish()
    {
        if (_finish is null && !IsDone)
            throw Broken("Connection reset by server", null);
        var update = new ChatResponseUpdate { FinishReason = _finish ?? new ChatFinishReason("unknown") };
        foreach (var call in _calls)
        {
            if (call.Complete(isEnd: true) is { } content)
                update.Contents.Add(content);
        }

        if (_usage is not null)
            update.Contents.Add(new UsageContent(_usage));
        return update;
    }

    private ChatResponseUpdate? ReadChoice(JsonElement choice)
    {
        // Some servers send an empty finish_reason with every chunk.
        if (Text(choice, "finish_reason"u8) is { } reason && !string.IsNullOrWhiteSpace(reason))
            _finish = new ChatFinishReason(reason);
        if (!choice.TryGetProperty("delta"u8, out var delta) || delta.ValueKind != JsonValueKind.Object)
            return null;

        var contents = new List<AIContent>(1);
        // Some servers of this protocol name the field "reasoning".
        if ((Text(delta, "reasoning_content"u8) ?? Text(delta, "reasoning"u8)) is { Length: > 0 } reasoning)
            contents.Add(new TextReasoningContent(reasoning));
        if (Text(delta, "content"u8) is { Length: > 0 } text)
            contents.Add(new TextContent(text));
        if (delta.TryGetProperty("tool_calls"u8, out var calls) && calls.ValueKind == JsonValueKind.Array)
        {
            foreach (var call in calls.EnumerateArray())
                ReadCall(call, contents);
        }

        return contents.Count == 0 ? null : new ChatResponseUpdate(ChatRole.Assistant, contents);
    }

    private void ReadCall(JsonElement call, List<AIContent> contents)
    {
        call.TryGetProperty("function"u8, out var function);
        var isObject = function.ValueKind == JsonValueKind.Object;
        var id = Text(call, "id"u8);
        var name = isObject ? Text(function, "name"u8) : null;
        int? index = call.TryGetProperty("index"u8, out var number) && number.TryGetInt32(out var value) ? value : null;
        var assembly = FindCall(index, id, name);
        if (assembly is null)
        {
            if (string.IsNullOrEmpty(name))
                throw Broken("The model began a tool call without a name", null);
            // Some servers give a call no identifier. The call needs one, so it is named by its place, which is unique within
            // this answer.
            assembly = new ToolCallAssembly(index, string.IsNullOrEmpty(id) ? $"call_{_calls.Count}" : id, name);
            _calls.Add(assembly);
            contents.Add(new ToolCallStartContent(assembly.CallID, name));
        }

        if (isObject && Text(function, "arguments"u8) is { Length: > 0 } arguments)
            assembly.Append(arguments);
        if (assembly.Complete(isEnd: false) is { } content)
            contents.Add(content);
    }

    /// <summary>
    /// The call that a fragment continues; null where the fragment begins a call. Some servers give no index, and some give all
    /// calls the same index. Then a new identifier begins a call; without an index, a name without an identifier begins one, too,
    /// and a fragment that has neither continues the newest call.
    /// </summary>
    private ToolCallAssembly? FindCall(int? index, string? id, string? name)
    {
        var isNamed = !string.IsNullOrEmpty(name);
        if (!string.IsNullOrEmpty(id) && (index is null || isNamed))
            return _calls.FindLast(open => open.Index == index && open.CallID == id);
        return index is not null ? _calls.FindLast(open => open.Index == index)
            : isNamed ? null
            : _calls.LastOrDefault();
    }

    private static UsageDetails ReadUsage(JsonElement usage)
    {
        var details = new UsageDetails
        {
            InputTokenCount = Number(usage, "prompt_tokens"u8),
            OutputTokenCount = Number(usage, "completion_tokens"u8),
            TotalTokenCount = Number(usage, "total_tokens"u8),
        };
        if (usage.TryGetProperty("prompt_tokens_details"u8, out var input) && input.ValueKind == JsonValueKind.Object)
            details.CachedInputTokenCount = Number(input, "cached_tokens"u8);
        if (usage.TryGetProperty("completion_tokens_details"u8, out var output) && output.ValueKind == JsonValueKind.Object)
            details.ReasoningTokenCount = Number(output, "reasoning_tokens"u8);
        return details;
    }

    private ModelException Broken(string message, Exception? cause) => new(
        new MessageError("APIError", new MessageErrorData
        {
            Message = message,
            IsRetryable = true,
            Metadata = new Dictionary<string, string> { ["url"] = address.ToString() },
        }),
        isRetryable: true,
        innerException: cause);

    private static string Excerpt(ReadOnlySpan<byte> data) => Encoding.UTF8.GetString(data[..Math.Min(data.Length, 200)]);

    private static string? Text(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? JsonText.Read(value) : null;

    private static long? Number(JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;
}
