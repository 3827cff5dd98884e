using System.Runtime.CompilerServices;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Servers;
using Microsoft.Extensions.AI;
using Xunit;

namespace Capstan.Server.Tests.Turns;

/// <summary>Models cut their answers where they like, also within a character of two UTF-16 units.</summary>
public sealed class SplitCharacterTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    // < and > stand for the two halves of a smiling face, which attributes cannot hold.
    [InlineData("a smile: <|>, seen", "a smile: <>, seen")]
    [InlineData("<|>", "<>")]
    [InlineData("<||>", "<>")]
    [InlineData("broken <", "broken \ufffd")]
    [InlineData("a \"quoted\" \\ line\n|and a \u0001 and \u00e4", "a \"quoted\" \\ line\nand a \u0001 and \u00e4")]
    public async Task A_text_is_whole_wherever_it_was_cut(string pieces, string expected)
    {
        (pieces, expected) = (Whole(pieces), Whole(expected));
        await using var server = await TestServer.StartAsync(
            new() { Engine = options => options with { CreateChatClient = (_, _) => new Pieces(pieces.Split('|')) } }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);

        var answer = await server.PromptAsync(session, "hello", Cancelled);
        await events.UntilAsync("session.idle", session);

        Assert.Equal(expected, Conversation.Text(answer));
        var deltas = events.Seen.Where(static seen => seen.Type == "message.part.delta")
            .Select(static seen => seen.Json.GetProperty("properties").GetProperty("delta").GetString());
        Assert.Equal(expected.TrimEnd('\ufffd'), string.Concat(deltas));
    }

    private static string Whole(string text) => text.Replace('<', '\ud83d').Replace('>', '\ude00');

    private sealed class Pieces(IReadOnlyList<string> pieces) : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var piece in pieces)
                yield return new ChatResponseUpdate(ChatRole.Assistant, piece);
            yield return new ChatResponseUpdate { FinishReason = ChatFinishReason.Stop };
            await Task.CompletedTask;
        }

        public Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
