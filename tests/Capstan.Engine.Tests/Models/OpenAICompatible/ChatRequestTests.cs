using Capstan.Engine.Models;
using Capstan.Testing.Models;
using Capstan.Testing.Time;
using Microsoft.Extensions.AI;
using Xunit;

namespace Capstan.Engine.Tests.Models.OpenAICompatible;

/// <summary>A whole call over real HTTP: what the provider is sent, and what comes back.</summary>
public sealed class ChatRequestTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_providers_headers_are_sent_and_those_of_the_request_beside_them()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        using var chat = new ChatClientUnderTest(
            model.Url, new FakeTime(), static options => options with { Headers = new Dictionary<string, string> { ["X-Provider"] = "p" } });

        await chat.ReadAsync(Cancelled, new ChatOptions
        {
            AdditionalProperties = new() { [ModelRequest.HeadersKey] = new Dictionary<string, string> { ["X-Request"] = "r" } },
        });

        var call = Assert.Single(model.Calls);
        Assert.Equal(("p", "r", "application/json"), (call.Headers["x-provider"], call.Headers["x-request"], call.Headers["content-type"]));
        Assert.Equal("echo", call.Body.GetProperty("model").GetString());
        Assert.Equal("hello", call.UserText);
    }

    [Fact]
    public async Task An_answer_comes_in_pieces_and_ends_with_its_reason_and_its_usage()
    {
        await using var model = await ScriptedModel.StartAsync(new() { Default = ModelStep.Say("some more words") }, Cancelled);
        using var chat = new ChatClientUnderTest(model.Url, new FakeTime());

        var updates = await chat.ReadAsync(Cancelled);

        Assert.Equal(["some ", "more ", "words", ""], updates.Select(static update => update.Text));
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
        Assert.Equal(120, Assert.IsType<UsageContent>(Assert.Single(updates[^1].Contents)).Details.TotalTokenCount);
    }

    [Fact]
    public async Task An_answer_is_given_as_a_whole_to_those_who_ask_for_it_so()
    {
        await using var model = await ScriptedModel.StartAsync(new() { Default = ModelStep.Say("some words") }, Cancelled);
        using var chat = new ChatClientUnderTest(model.Url, new FakeTime());

        var response = await chat.Client.GetResponseAsync([new ChatMessage(ChatRole.User, "hello")], cancellationToken: Cancelled);

        Assert.Equal("some words", response.Text);
        Assert.Equal(120, response.Usage!.TotalTokenCount);
    }

    [Fact]
    public async Task The_stream_ends_where_the_server_says_so_whatever_follows()
    {
        const string Frames = """
            data: {"choices":[{"delta":{"content":"a"}}]}

            data: [DONE]

            data: {"choices":[{"delta":{"content":"b"}}]}


            """;
        await using var model = await RawModel.StartAsync(200, "text/event-stream", Frames, Cancelled);
        using var chat = new ChatClientUnderTest(model.Url, new FakeTime());

        Assert.Equal("a", string.Concat(await chat.ReadAsync(Cancelled)));
    }

    [Fact]
    public void A_client_is_found_by_its_own_type_and_not_by_a_key()
    {
        using var chat = new ChatClientUnderTest(new Uri("http://model.invalid/v1"), new FakeTime());

        Assert.Same(chat.Client, chat.Client.GetService(typeof(IChatClient)));
        Assert.Null(chat.Client.GetService(typeof(IChatClient), "key"));
        Assert.Null(chat.Client.GetService(typeof(string)));
    }
}
