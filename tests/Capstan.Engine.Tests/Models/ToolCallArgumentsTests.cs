using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Models;
using Microsoft.Extensions.AI;
using Xunit;

namespace Capstan.Engine.Tests.Models;

/// <summary>Clients fill a call's arguments with JSON as they parsed it, or with what they made of it; all of it is stored as JSON.</summary>
public sealed class ToolCallArgumentsTests
{
    public static TheoryData<object?, string> Values => new()
    {
        { null, "null" },
        { default(JsonElement), "null" },
        { JsonElement.Parse("""{"a":[1]}"""), """{"a":[1]}""" },
        { JsonNode.Parse("""[true,{"b":null}]"""), """[true,{"b":null}]""" },
        { "text \"q\"", """
            "text \u0022q\u0022"
            """ },
        { true, "true" },
        { false, "false" },
        { 1.5, "1.5" },
        { 2.5f, "2.5" },
        { (sbyte)-1, "-1" },
        { (byte)2, "2" },
        { (short)-3, "-3" },
        { (ushort)4, "4" },
        { -5, "-5" },
        { 6u, "6" },
        { long.MinValue, "-9223372036854775808" },
        { ulong.MaxValue, "18446744073709551615" },
        { 7.25m, "7.25" },
        { new Dictionary<string, object?> { ["x"] = 1, ["y"] = new[] { "z" } }, """{"x":1,"y":["z"]}""" },
        { new object?[] { 1, null, new[] { 2 } }, "[1,null,[2]]" },
        { new Uri("http://host/"), "\"http://host/\"" },
        { 'c', "\"c\"" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Whatever_a_client_gives_is_JSON(object? value, string json)
    {
        var call = new FunctionCallContent("c", "tool", new Dictionary<string, object?> { ["v"] = value, ["last"] = 0 });

        Assert.Equal($$"""{"v":{{json}},"last":0}""", ToolCallArguments.Read(call).GetRawText());
    }

    [Fact]
    public void Without_arguments_it_is_an_empty_object() => Assert.Equal("{}", ToolCallArguments.Read(new FunctionCallContent("c", "tool")).GetRawText());

    [Theory]
    [InlineData("""{"a":1,"b":[2]}""", """{"a":1,"b":[2]}""")]
    [InlineData("[1]", "{}")]
    [InlineData("null", "{}")]
    public void Arguments_that_are_no_object_are_none(string input, string json) => Assert.Equal(
        json, ToolCallArguments.Read(new FunctionCallContent("c", "tool", ToolCallArguments.Of(JsonElement.Parse(input)))).GetRawText());
}
