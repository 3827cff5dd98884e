using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Models.Offline;

/// <summary>
/// The built-in model that answers where no other is configured. It says what it is, how to connect a real model, and what it was
/// told, so that the first command works on a machine without a key.
/// </summary>
internal sealed class EchoChatClient : IChatClient
{
    private const string Introduction =
        """
        This is Capstan's built-in offline model. It does not think: it repeats what it is told, so that you can try sessions, events and clients without a key.

        To connect a real model, put an `opencode.json` into this directory (or into ~/.config/opencode); the next prompt goes to it:

        {
          "model": "local/my-model",
          "provider": {
            "local": {
              "npm": "@ai-sdk/openai-compatible",
              "options": { "baseURL": "http://127.0.0.1:11434/v1" },
              "models": { "my-model": {} }
            }
          }
        }


        """;

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var history = messages.ToList();
        var said = history.LastOrDefault(static message => message.Role == ChatRole.User)?.Text ?? "";
        var isFirst = history.Count(static message => message.Role == ChatRole.User) == 1;
        foreach (var piece in isFirst ? [Introduction, "You said: ", said] : new[] { "You said: ", said })
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.CompletedTask;
            yield return new ChatResponseUpdate(ChatRole.Assistant, piece);
        }

        yield return new ChatResponseUpdate { FinishReason = ChatFinishReason.Stop };
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
