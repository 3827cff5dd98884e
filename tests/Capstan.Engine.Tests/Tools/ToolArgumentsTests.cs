using System.Text.Json;
using Capstan.Engine.Tools;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

public sealed class ToolArgumentsTests : ToolTest
{
    [Theory]
    [InlineData("read", """{"nope":true}""", "Missing key\n  at [\"filePath\"]")]
    [InlineData("read", """{"filePath":5}""", "Expected string, got 5\n  at [\"filePath\"]")]
    [InlineData("read", """{"filePath":null}""", "Expected string, got null\n  at [\"filePath\"]")]
    [InlineData("read", """{"filePath":"a","offset":-1}""", "Expected a value greater than or equal to 0, got -1\n  at [\"offset\"]")]
    [InlineData("read", """{"filePath":"a","offset":1.5}""", "Expected an integer, got 1.5\n  at [\"offset\"]")]
    [InlineData("read", """{"filePath":"a","offset":"1"}""", "Expected number | undefined, got \"1\"\n  at [\"offset\"]")]
    [InlineData("bash", """{"command":"a","timeout":0}""", "Expected a value greater than 0, got 0\n  at [\"timeout\"]")]
    [InlineData("todowrite", """{"todos":"x"}""", "Expected array, got \"x\"\n  at [\"todos\"]")]
    [InlineData("todowrite", """{"todos":[{"content":"x","status":"y"}]}""", "Missing key\n  at [\"todos\"][0][\"priority\"]")]
    [InlineData("apply_patch", """{"patch":"x"}""", "Missing key\n  at [\"patchText\"]")]
    [InlineData("apply_patch", """{"patchText":5}""", "Expected string, got 5\n  at [\"patchText\"]")]
    public void What_is_wrong_is_said_with_its_place(string tool, string input, string problem)
    {
        using var document = JsonDocument.Parse(input);
        var definition = BuiltInTools.Create(TimeProvider.System).Single(one => one.Definition.ID == tool).Definition;
        Assert.Equal(
            $"The {tool} tool was called with invalid arguments: SchemaError({problem}).\n"
            + "Please rewrite the input so it satisfies the expected schema.",
            ToolArguments.Check(definition, document.RootElement));
    }
}
