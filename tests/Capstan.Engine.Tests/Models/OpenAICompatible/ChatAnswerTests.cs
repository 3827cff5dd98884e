using System.Text;
using Capstan.Engine.Models;
using Capstan.Engine.Models.OpenAICompatible;
using Microsoft.Extensions.AI;
using Xunit;

namespace Capstan.Engine.Tests.Models.OpenAICompatible;

/// <summary>The chunks of an answer, as servers of this protocol really send them.</summary>
public sealed class ChatAnswerTests
{
    [Theory]
    [InlineData("""{"reasoning_content":"hm"}""", "reasoning hm")]
    [InlineData("""{"reasoning":"hm"}""", "reasoning hm")]
    [InlineData("""{"reasoning_content":"hm","reasoning":"no","content":"so"}""", "reasoning hm|text so")]
    [InlineData("""{"content":"so"}""", "text so")]
    [InlineData("""{"content":""}""", null)]
    [InlineData("""{"reasoning_content":"","content":null}""", null)]
    [InlineData("{}", null)]
    [InlineData("7", null)]
    public void A_chunk_says_what_its_delta_holds(string delta, string? expected)
    {
        var update = Reader().Read(Bytes($$"""{"choices":[{"delta":{{delta}}}]}"""));

        Assert.Equal(expected, update is null ? null : Show(update));
        if (update is not null)
            Assert.Equal(ChatRole.Assistant, update.Role);
    }

    [Theory]
    [InlineData("""{"choices":[]}""")]
    [InlineData("""{"choices":7}""")]
    [InlineData("""{"choices":[{}]}""")]
    [InlineData("""{"error":null,"choices":[]}""")]
    [InlineData("""{"usage":null}""")]
    [InlineData("{}")]
    public void A_chunk_may_say_nothing(string chunk) => Assert.Null(Reader().Read(Bytes(chunk)));

    [Fact]
    public void The_first_choice_counts() => Assert.Equal(
        "text a", Show(Reader().Read(Bytes("""{"choices":[{"delta":{"content":"a"}},{"delta":{"content":"b"}}]}"""))!));

    [Theory]
    [InlineData("not json", "The model sent a chunk that is not JSON: not json")]
    [InlineData("[1]", "The model sent a chunk that is not an object: [1]")]
    [InlineData("""{"choices":[7]}""", """The model sent a chunk of another shape: {"choices":[7]}""")]
    public void A_chunk_that_is_none_is_quoted_and_may_be_asked_for_again(string chunk, string message)
    {
        var failure = Assert.Throws<ModelException>(() => Reader().Read(Bytes(chunk)));

        Assert.Equal(message, failure.Message);
        RequireRetryable(failure);
    }

    [Fact]
    public void Of_a_long_chunk_the_beginning_is_quoted()
    {
        var failure = Assert.Throws<ModelException>(() => Reader().Read(Bytes(new string('x', 500))));

        Assert.Equal($"The model sent a chunk that is not JSON: {new string('x', 200)}", failure.Message);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("length")]
    [InlineData("anything")]
    public void Why_the_model_stopped_is_what_it_said_last(string reason)
    {
        var reader = Reader();
        reader.Read(Bytes("""{"choices":[{"delta":{},"finish_reason":"first"}]}"""));
        reader.Read(Bytes($$"""{"choices":[{"delta":{},"finish_reason":"{{reason}}"}]}"""));
        // Some servers send an empty reason, or none, with every chunk.
        reader.Read(Bytes("""{"choices":[{"delta":{},"finish_reason":" "}]}"""));
        reader.Read(Bytes("""{"choices":[{"delta":{},"finish_reason":null}]}"""));

        Assert.Equal(new ChatFinishReason(reason), reader.Finish().FinishReason);
    }

    [Fact]
    public void An_end_without_a_reason_is_an_end_where_the_server_says_that_it_is_done()
    {
        var reader = Reader();
        Assert.False(reader.IsDone);
        Assert.Null(reader.Read(Bytes("[DONE]")));

        Assert.True(reader.IsDone);
        Assert.Equal(new ChatFinishReason("unknown"), reader.Finish().FinishReason);
    }

    [Fact]
    public void A_stream_that_just_ends_has_broken_off()
    {
        var reader = Reader();
        reader.Read(Bytes("""{"choices":[{"delta":{"content":"half"}}]}"""));

        var failure = Assert.Throws<ModelException>(reader.Finish);

        Assert.Equal("Connection reset by server", failure.Message);
        RequireRetryable(failure);
    }

    [Fact]
    public void The_usage_is_what_was_said_of_it_last()
    {
        var reader = Reader();
        reader.Read(Bytes("""{"usage":{"prompt_tokens":1}}"""));
        reader.Read(Bytes("""
            {"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,
             "prompt_tokens_details":{"cached_tokens":40},"completion_tokens_details":{"reasoning_tokens":7}}}
            """));
        reader.Read(Bytes("""{"usage":7}"""));

        var usage = Assert.IsType<UsageContent>(Assert.Single(reader.Finish().Contents)).Details;
        Assert.Equal(
            (100, 20, 120, 40, 7),
            (usage.InputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount, usage.CachedInputTokenCount, usage.ReasoningTokenCount));
    }

    [Fact]
    public void Numbers_that_are_none_are_left_out_of_the_usage()
    {
        var reader = Reader();
        reader.Read(Bytes("""
            {"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":"1","completion_tokens":1.5,"total_tokens":9,"prompt_tokens_details":null,
             "completion_tokens_details":{"reasoning_tokens":null}}}
            """));

        var usage = Assert.IsType<UsageContent>(Assert.Single(reader.Finish().Contents)).Details;
        Assert.Equal(
            (null, null, 9, null, null),
            (usage.InputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount, usage.CachedInputTokenCount, usage.ReasoningTokenCount));
    }

    [Fact]
    public void Without_usage_nothing_is_said_of_it()
    {
        var reader = Reader();
        reader.Read(Bytes("[DONE]"));

        Assert.Empty(reader.Finish().Contents);
    }

    [Fact]
    public void A_call_is_begun_at_once_and_given_when_its_arguments_are_whole()
    {
        var reader = Reader();
        Assert.Equal("begins c1 read", Show(Call(reader, """{"index":0,"id":"c1","function":{"name":"read","arguments":""}}""")!));
        Assert.Null(Call(reader, """{"index":0,"function":{"arguments":"{\"a\":"}}"""));
        Assert.Equal("call c1 read", Show(Call(reader, """{"index":0,"function":{"arguments":"[1]}"}}""")!));
        // A second call, whole in one chunk, without an identifier of its own.
        Assert.Equal("begins call_1 ls|call call_1 ls", Show(Call(reader, """{"index":1,"id":"","function":{"name":"ls","arguments":"{}"}}""")!));
        // A third whose arguments never come is given at the end, and only that one.
        Assert.Equal("begins c3 pwd", Show(Call(reader, """{"index":2,"id":"c3","function":{"name":"pwd"}}""")!));
        reader.Read(Bytes("[DONE]"));

        Assert.Equal("call c3 pwd", Show(reader.Finish()));
    }

    [Theory]
    [InlineData("""{"index":0,"id":"c1"}""")]
    [InlineData("""{"index":0,"id":"c1","function":7}""")]
    [InlineData("""{"index":0,"id":"c1","function":{"arguments":"{}"}}""")]
    [InlineData("""{"index":0,"id":"c1","function":{"name":""}}""")]
    public void A_call_without_a_name_is_none(string call)
    {
        var failure = Assert.Throws<ModelException>(() => Call(Reader(), call));

        Assert.Equal("The model began a tool call without a name", failure.Message);
        RequireRetryable(failure);
    }

    private static ChatStreamReader Reader() => new(new Uri("http://127.0.0.1/v1"));

    private static ChatResponseUpdate? Call(ChatStreamReader reader, string call) =>
        reader.Read(Bytes($$$"""{"choices":[{"delta":{"tool_calls":[{{{call}}}]}}]}"""));

    private static string Show(ChatResponseUpdate update) => string.Join('|', update.Contents.Select(static content => content switch
    {
        TextReasoningContent reasoning => $"reasoning {reasoning.Text}",
        TextContent text => $"text {text.Text}",
        ToolCallStartContent start => $"begins {start.CallID} {start.Name}",
        FunctionCallContent call => $"call {call.CallId} {call.Name}",
        _ => content.GetType().Name,
    }));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static void RequireRetryable(ModelException failure)
    {
        Assert.True(failure.IsRetryable);
        Assert.Equal("APIError", failure.Error.Name);
        Assert.True(failure.Error.Data.IsRetryable);
        Assert.Equal("http://127.0.0.1/v1", failure.Error.Data.Metadata!["url"]);
    }
}
