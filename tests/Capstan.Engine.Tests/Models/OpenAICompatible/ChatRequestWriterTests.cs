using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Models;
using Capstan.Engine.Models.OpenAICompatible;
using Microsoft.Extensions.AI;
using Xunit;

namespace Capstan.Engine.Tests.Models.OpenAICompatible;

/// <summary>The body of a chat completion request, byte for byte: providers differ in what they forgive.</summary>
public sealed class ChatRequestWriterTests
{
    private static readonly OpenAICompatibleOptions Provider = new() { Address = new Uri("http://model.invalid/"), Model = "m" };

    [Fact]
    public void The_least_request_asks_for_a_stream_with_its_usage() => Assert.Equal(
        """{"model":"m","messages":[{"role":"user","content":"hi ä \"q\""}],"stream":true,"stream_options":{"include_usage":true}}""",
        Write([new ChatMessage(ChatRole.User, "hi ä \"q\"")]));

    [Fact]
    public void Settings_of_the_model_go_before_the_messages_and_those_of_the_request_over_the_providers() => Assert.Equal(
        """{"model":"m","max_tokens":7,"temperature":0.5,"top_p":0.25,"reasoning_effort":"high","verbosity":"low","keep":1,"own":null,"over":2,"messages":[],"stream":true,"stream_options":{"include_usage":true}}""",
        Write(
            [],
            new ChatOptions
            {
                MaxOutputTokens = 7,
                Temperature = 0.5f,
                TopP = 0.25f,
                AdditionalProperties = new() { [ModelRequest.OptionsKey] = JsonNode.Parse("""{"over":2,"reasoningEffort":"high"}""") },
            },
            Provider with { Extra = JsonNode.Parse("""{"reasoningEffort":"low","textVerbosity":"low","keep":1,"own":null,"over":1}""")!.AsObject() }));

    [Theory]
    // Plain text goes as a string: every server of this protocol takes that.
    [InlineData("user", """["a"]""", "\"a\"")]
    [InlineData("user", "[]", "\"\"")]
    [InlineData("user", """["a","b"]""", """[{"type":"text","text":"a"},{"type":"text","text":"b"}]""")]
    [InlineData("system", """["a","b"]""", "\"ab\"")]
    [InlineData("assistant", """["a","b"]""", "\"ab\"")]
    // An answer that only calls tools has no text.
    [InlineData("assistant", "[]", "null")]
    [InlineData("system", "[]", "\"\"")]
    public void Texts_are_one_string_where_they_can_be(string role, string texts, string content) => Assert.Equal(
        $$"""[{"role":"{{role}}","content":{{content}}}]""",
        Messages(new ChatMessage(
            new ChatRole(role), [.. JsonNode.Parse(texts)!.AsArray().Select(static text => (AIContent)new TextContent(text!.GetValue<string>()))])));

    [Fact]
    public void Images_go_as_addresses_beside_the_text() => Assert.Equal(
        """[{"role":"user","content":[{"type":"text","text":"see"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AQI="}},{"type":"image_url","image_url":{"url":"http://host/i.png"}}]}]""",
        Messages(new ChatMessage(
            ChatRole.User,
            [new TextContent("see"), new DataContent(new byte[] { 1, 2 }, "image/png"), new UriContent("http://host/i.png", "image/png")])));

    [Fact]
    public void An_image_alone_is_a_list_as_well() => Assert.Equal(
        """[{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://host/i.png"}}]}]""",
        Messages(new ChatMessage(ChatRole.User, [new UriContent("http://host/i.png", "image/png")])));

    [Fact]
    public void Calls_and_their_results_keep_their_identifiers() => Assert.Equal(
        """[{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"read","arguments":"{\"a\":1}"}},{"id":"c2","type":"function","function":{"name":"ls","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c1","content":"one"},{"role":"tool","tool_call_id":"c2","content":""}]""",
        Messages(
            new ChatMessage(ChatRole.Assistant,
            [
                new FunctionCallContent("c1", "read", new Dictionary<string, object?> { ["a"] = 1 }),
                new FunctionCallContent("c2", "ls"),
            ]),
            new ChatMessage(ChatRole.Tool, [new FunctionResultContent("c1", "one"), new FunctionResultContent("c2", null)])));

    [Theory]
    [InlineData(null, """[{"role":"assistant","content":"so"}]""")]
    [InlineData("reasoning_content", """[{"role":"assistant","content":"so","reasoning_content":"hm, well"}]""")]
    public void Reasoning_goes_back_where_the_provider_wants_it(string? field, string expected) => Assert.Equal(
        expected,
        Messages(
            Provider with { ReasoningField = field },
            new ChatMessage(ChatRole.Assistant, [new TextReasoningContent("hm, "), new TextReasoningContent("well"), new TextContent("so")])));

    [Fact]
    public void Without_reasoning_there_is_no_field_for_it() => Assert.Equal(
        """[{"role":"assistant","content":"so"}]""",
        Messages(Provider with { ReasoningField = "reasoning_content" }, new ChatMessage(ChatRole.Assistant, "so")));

    [Fact]
    public void Tools_are_declared_and_the_model_chooses() => Assert.Equal(
        """[{"type":"function","function":{"name":"read","description":"Reads.","parameters":{"type":"object"}}}] "auto" """.TrimEnd(),
        JsonNode.Parse(Write(
            [], new ChatOptions { Tools = [new ToolDeclaration("read", "Reads.", JsonElement.Parse("""{"type":"object"}"""))] }))!.AsObject()
            is var body ? $"{body["tools"]!.ToJsonString()} {body["tool_choice"]!.ToJsonString()}" : "");

    [Fact]
    public void Without_tools_nothing_is_said_of_them() =>
        Assert.DoesNotContain("tool", Write([], new ChatOptions { Tools = [] }), StringComparison.Ordinal);

    [Fact]
    public void A_message_that_is_sent_again_is_not_written_again()
    {
        var message = new ChatMessage(ChatRole.Assistant, [new TextReasoningContent("why"), new TextContent("said")]);
        var result = new FunctionResultContent("call_1", "done");
        ChatMessage[] history = [message, new ChatMessage(ChatRole.Tool, [result])];
        var expected = """[{"role":"assistant","content":"said"},{"role":"tool","tool_call_id":"call_1","content":"done"}]""";
        Assert.Equal(expected, Messages(history));
        var written = (message.RawRepresentation, result.RawRepresentation);
        Assert.NotNull(written.Item1);
        Assert.NotNull(written.Item2);

        Assert.Equal(expected, Messages(history));

        Assert.Same(written.Item1, message.RawRepresentation);
        Assert.Same(written.Item2, result.RawRepresentation);
    }

    [Fact]
    public void A_message_is_written_anew_for_a_model_that_takes_its_reasoning_in_another_field()
    {
        var message = new ChatMessage(ChatRole.Assistant, [new TextReasoningContent("why"), new TextContent("said")]);
        Assert.Equal("""[{"role":"assistant","content":"said","one":"why"}]""", Messages(Provider with { ReasoningField = "one" }, message));
        Assert.Equal("""[{"role":"assistant","content":"said","two":"why"}]""", Messages(Provider with { ReasoningField = "two" }, message));
        Assert.Equal("""[{"role":"assistant","content":"said"}]""", Messages(message));
        Assert.Equal("""[{"role":"assistant","content":"said","two":"why"}]""", Messages(Provider with { ReasoningField = "two" }, message));
    }

    private static string Messages(params ChatMessage[] messages) => Messages(Provider, messages);

    private static string Messages(OpenAICompatibleOptions provider, params ChatMessage[] messages)
    {
        using var document = JsonDocument.Parse(Write(messages, null, provider));
        return document.RootElement.GetProperty("messages").GetRawText();
    }

    private static string Write(IReadOnlyList<ChatMessage> messages, ChatOptions? options = null, OpenAICompatibleOptions? provider = null) =>
        Encoding.UTF8.GetString(ChatRequestWriter.Write(messages, options ?? new ChatOptions(), provider ?? Provider));
}
