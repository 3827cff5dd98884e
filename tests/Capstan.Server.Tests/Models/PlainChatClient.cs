using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Capstan.Server.Tests.Models;

/// <summary>
/// A chat client as other packages have them: it knows nothing of Capstan, says a call when it is whole, with arguments as .NET
/// values, keeps something of its own in the raw representation, and reads its history from the properties that all clients share.
/// </summary>
internal sealed class PlainChatClient(List<IReadOnlyList<ChatMessage>> requests, params IReadOnlyList<AIContent> answers) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        requests.Add([.. messages]);
        await Task.Yield();
        var answer = answers[Math.Min(requests.Count, answers.Count) - 1];
        if (answer is FunctionCallContent)
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent("I must look.")]);
        yield return new ChatResponseUpdate(ChatRole.Assistant, [answer]);
        if (answer is FunctionCallContent)
            yield return new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent("") { ProtectedData = "signed" }]);
        yield return new ChatResponseUpdate
        {
            FinishReason = answer is FunctionCallContent ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
            Contents = [new UsageContent(new UsageDetails { InputTokenCount = 3, OutputTokenCount = 2 })],
        };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
