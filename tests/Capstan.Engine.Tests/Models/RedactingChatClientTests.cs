using System.Runtime.CompilerServices;
using Capstan.Contract;
using Capstan.Engine.Configuration.Redaction;
using Capstan.Engine.Models;
using Microsoft.Extensions.AI;
using Xunit;

namespace Capstan.Engine.Tests.Models;

/// <summary>What a model says comes through as it is; what its errors say, without the workspace's keys.</summary>
public sealed class RedactingChatClientTests
{
    private const string Key = "sk-a-key-of-some-length";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_comes_through_whole()
    {
        using var client = new RedactingChatClient(new Model(["one", " two"], fails: false), new SecretValues([Key]));
        Assert.Equal(["one", " two"], await ReadAsync(client));
        Assert.Equal("one two", (await client.GetResponseAsync([], null, Cancelled)).Text);
    }

    [Fact]
    public async Task An_error_comes_after_what_was_said_and_without_the_key()
    {
        using var client = new RedactingChatClient(new Model(["one"], fails: true), new SecretValues([Key]));
        var read = new List<string>();
        var streamed = await Assert.ThrowsAsync<ModelException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync([], null, Cancelled))
                read.Add(update.Text);
        });
        var whole = await Assert.ThrowsAsync<ModelException>(() => client.GetResponseAsync([], null, Cancelled));

        Assert.Equal(["one"], read);
        foreach (var failure in new[] { streamed, whole })
        {
            Assert.DoesNotContain(Key, failure.ToString(), StringComparison.Ordinal);
            Assert.StartsWith("Wrong key: ", failure.Error.Data.Message, StringComparison.Ordinal);
            Assert.True(failure.IsRetryable);
            Assert.Equal(TimeSpan.FromSeconds(7), failure.RetryAfter);
            Assert.Null(failure.InnerException);
        }
    }

    private static async Task<List<string>> ReadAsync(RedactingChatClient client)
    {
        var read = new List<string>();
        await foreach (var update in client.GetStreamingResponseAsync([], null, Cancelled))
            read.Add(update.Text);
        return read;
    }

    private sealed class Model(string[] says, bool fails) : IChatClient
    {
        public async Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            await GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var text in says)
            {
                await Task.Yield();
                yield return new ChatResponseUpdate(ChatRole.Assistant, text);
            }

            if (fails)
                throw new ModelException(MessageError.Unknown($"Wrong key: {Key}"), isRetryable: true, TimeSpan.FromSeconds(7), new IOException(Key));
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
