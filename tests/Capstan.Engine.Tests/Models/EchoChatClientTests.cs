using Capstan.Engine.Models.Offline;
using Microsoft.Extensions.AI;
using Xunit;

namespace Capstan.Engine.Tests.Models;

/// <summary>The model that is there when no other is.</summary>
public sealed class EchoChatClientTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_answer_says_what_it_is_and_how_to_connect_a_real_model()
    {
        var response = await new EchoChatClient().GetResponseAsync([new(ChatRole.System, "be kind"), new(ChatRole.User, "hello")], cancellationToken: Cancelled);

        Assert.StartsWith("This is Capstan's built-in offline model.", response.Text, StringComparison.Ordinal);
        Assert.Contains("@ai-sdk/openai-compatible", response.Text, StringComparison.Ordinal);
        Assert.EndsWith("You said: hello", response.Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task Later_answers_repeat_what_was_said_last()
    {
        ChatMessage[] history = [new(ChatRole.User, "one"), new(ChatRole.Assistant, "first"), new(ChatRole.User, "two"), new(ChatRole.Assistant, "half")];

        Assert.Equal("You said: two", (await new EchoChatClient().GetResponseAsync(history, cancellationToken: Cancelled)).Text);
    }

    [Fact]
    public async Task A_first_question_stays_the_first_whatever_is_around_it()
    {
        ChatMessage[] history = [new(ChatRole.System, "one"), new(ChatRole.System, "two"), new(ChatRole.User, "hello")];

        Assert.StartsWith("This is Capstan's built-in", (await new EchoChatClient().GetResponseAsync(history, cancellationToken: Cancelled)).Text, StringComparison.Ordinal);
        Assert.StartsWith("You said", (await new EchoChatClient().GetResponseAsync([history[0], history[2], history[2]], cancellationToken: Cancelled)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_anything_said_there_is_nothing_to_repeat() =>
        Assert.Equal("You said: ", (await new EchoChatClient().GetResponseAsync([], cancellationToken: Cancelled)).Text);

    [Fact]
    public async Task Whoever_gives_up_gets_no_answer() => await Assert.ThrowsAnyAsync<OperationCanceledException>(
        () => new EchoChatClient().GetResponseAsync([new(ChatRole.User, "hello")], cancellationToken: new CancellationToken(true)));

    [Fact]
    public void It_is_found_by_its_own_type_and_not_by_a_key()
    {
        var client = new EchoChatClient();

        Assert.Same(client, client.GetService(typeof(IChatClient)));
        Assert.Null(client.GetService(typeof(IChatClient), "key"));
        Assert.Null(client.GetService(typeof(string)));
    }
}
