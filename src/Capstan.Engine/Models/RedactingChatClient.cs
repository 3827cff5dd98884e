using System.Runtime.CompilerServices;
using Capstan.Engine.Configuration.Redaction;
using Microsoft.Extensions.AI;

namespace Capstan.Engine.Models;

/// <summary>Masks secrets in the errors of a model's client: providers repeat the key that they refuse.</summary>
internal sealed class RedactingChatClient(IChatClient inner, SecretValues secrets) : DelegatingChatClient(inner)
{
    /// <inheritdoc/>
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.GetResponseAsync(messages, options, cancellationToken);
        }
        catch (ModelException exception)
        {
            throw Redact(exception);
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await updates.MoveNextAsync())
                    yield break;
            }
            catch (ModelException exception)
            {
                throw Redact(exception);
            }

            yield return updates.Current;
        }
    }

    // The new exception has no cause: the cause says the same in its own words, and what is logged of it must not hold the key
    // either.
    private ModelException Redact(ModelException exception) =>
        new(secrets.Redact(exception.Error), exception.IsRetryable, exception.RetryAfter);
}
