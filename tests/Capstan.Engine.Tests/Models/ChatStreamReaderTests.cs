using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Capstan.Engine.Models;
using Capstan.Engine.Models.OpenAICompatible;
using Microsoft.Extensions.AI;
using Xunit;

namespace Capstan.Engine.Tests.Models;

public sealed class ChatStreamReaderTests
{
    [Theory]
    [InlineData("""plain \"text\" \\ \/ \n\u00e4""", "plain \"text\" \\ / \nä")]
    [InlineData("""\ud83d\ude00""", "😀")]
    public void A_text_is_read(string json, string expected) => Assert.Equal(expected, Read(json));

    [Fact]
    public void Half_a_character_is_read_as_it_is()
    {
        Assert.Equal("a\tsmile \ud83d", Read("""a\tsmile \ud83d"""));
        Assert.Equal("\ude00 \"so\" \\ / \b\f\n\r ä", Read("""\ude00 \"so\" \\ \/ \b\f\n\r ä"""));
    }

    /// <summary>Fragments are written as index, identifier, name and arguments; what is empty the server leaves out.</summary>
    [Theory]
    [InlineData("as the protocol has it", "0|a|read|", "0|||{\"p\"", "0|||:1}", "1|b|grep|", "1|||{}")]
    [InlineData("interleaved", "0|a|read|", "1|b|grep|", "0|||{\"p\"", "1|||{}", "0|||:1}")]
    [InlineData("identifier and name each time", "0|a|read|{\"p\"", "0|a|read|:1}", "1|b|grep|{}")]
    [InlineData("one index for all", "0|a|read|", "0|||{\"p\":1}", "0|b|grep|", "0|||{}")]
    [InlineData("no index", "|a|read|", "|||{\"p\"", "|||:1}", "|b|grep|", "|||{}")]
    [InlineData("no index, interleaved", "|a|read|", "|b|grep|", "|a||{\"p\"", "|b||{}", "|a||:1}")]
    [InlineData("no index, whole", "|a|read|{\"p\":1}", "|b|grep|{}")]
    [InlineData("neither index nor identifier", "||read|", "|||{\"p\"", "|||:1}", "||grep|", "|||{}")]
    public void Fragments_of_calls_are_put_together_whatever_tells_them_apart(string how, params string[] fragments)
    {
        var reader = new ChatStreamReader(new Uri("http://127.0.0.1/v1"));
        var contents = new List<AIContent>();
        foreach (var fragment in fragments)
            contents.AddRange(reader.Read(Encoding.UTF8.GetBytes(Chunk(fragment.Split('|'))))?.Contents ?? []);
        reader.Read("[DONE]"u8.ToArray());
        contents.AddRange(reader.Finish().Contents);

        Assert.Equal(["read", "grep"], contents.OfType<ToolCallStartContent>().Select(static start => start.Name));
        var calls = contents.OfType<FunctionCallContent>().ToDictionary(static call => call.Name, static call => (call.CallId, Arguments: ToolCallArguments.Read(call).GetRawText()));
        string[] identifiers = how == "neither index nor identifier" ? ["call_0", "call_1"] : ["a", "b"];
        Assert.Equal((identifiers[0], """{"p":1}"""), calls["read"]);
        Assert.Equal((identifiers[1], "{}"), calls["grep"]);
    }

    [Fact]
    public void A_call_without_arguments_has_none_and_one_that_is_no_JSON_says_what_came()
    {
        var (empty, none) = Call("0|a|read|");
        Assert.Equal("{}", empty);
        Assert.Null(none);
        Assert.EndsWith(" Text: {\"p\":", Call("0|a|read|{\"p\":").Error!.Message, StringComparison.Ordinal);
        Assert.Equal("They are no object. Text: [1]", Call("0|a|read|[1]").Error!.Message);

        static (string? Arguments, Exception? Error) Call(string fragment)
        {
            var reader = new ChatStreamReader(new Uri("http://127.0.0.1/v1"));
            var contents = new List<AIContent>(reader.Read(Encoding.UTF8.GetBytes(Chunk(fragment.Split('|'))))?.Contents ?? []);
            reader.Read("[DONE]"u8.ToArray());
            contents.AddRange(reader.Finish().Contents);
            var call = Assert.Single(contents.OfType<FunctionCallContent>());
            return (call.Exception is null ? ToolCallArguments.Read(call).GetRawText() : null, call.Exception);
        }
    }

    private static string Chunk(string[] fragment)
    {
        var function = new JsonObject { ["arguments"] = fragment[3] };
        var call = new JsonObject { ["type"] = "function", ["function"] = function };
        if (fragment[0].Length > 0)
            call["index"] = int.Parse(fragment[0], CultureInfo.InvariantCulture);
        if (fragment[1].Length > 0)
            call["id"] = fragment[1];
        if (fragment[2].Length > 0)
            function["name"] = fragment[2];
        return new JsonObject
        {
            ["choices"] = new JsonArray(new JsonObject { ["delta"] = new JsonObject { ["tool_calls"] = new JsonArray(call) } }),
        }.ToJsonString();
    }

    private static string? Read(string json) => new ChatStreamReader(new Uri("http://127.0.0.1/v1"))
        .Read(Encoding.UTF8.GetBytes("{\"choices\":[{\"delta\":{\"content\":\"" + json + "\"}}]}"))?.Text;
}
