using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine.Models;
using Capstan.Engine.Models.OpenAICompatible;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Capstan.Engine.Tests.Fuzzing;

/// <summary>Arguments of tool calls arrive in pieces of any size.</summary>
public sealed class ToolCallAssemblyFuzzTests
{
    [Fact]
    public void Any_split_of_arguments_gives_the_same_arguments_once_and_not_before_they_are_whole() => Prop.ForAll(
        ArbMap.Default.ArbFor<string?[]>(),
        ArbMap.Default.ArbFor<int>(),
        static (texts, seed) =>
        {
            var json = Arguments(texts, seed).ToJsonString();
            var expected = JsonDocument.Parse(json).RootElement;
            var random = new Random(seed);
            var call = new ToolCallAssembly(0, "call", "tool");
            var given = new List<JsonElement>();
            for (var at = 0; at < json.Length;)
            {
                var length = Math.Min(json.Length - at, 1 + random.Next(5));
                call.Append(json.Substring(at, length));
                at += length;
                if (call.Complete(isEnd: false) is { } content)
                {
                    if (at < json.Length)
                        return false;
                    given.Add(ToolCallArguments.Read(content));
                }
            }

            if (call.Complete(isEnd: true) is { } last)
                given.Add(ToolCallArguments.Read(last));
            return given.Count == 1 && JsonElement.DeepEquals(given[0], expected);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Text_that_is_no_JSON_is_a_call_that_says_so() => Prop.ForAll(
        ArbMap.Default.ArbFor<NonNull<string>[]>(),
        static fragments =>
        {
            var call = new ToolCallAssembly(0, "call", "tool");
            var given = 0;
            foreach (var fragment in fragments)
            {
                call.Append(fragment.Get);
                given += call.Complete(isEnd: false) is null ? 0 : 1;
            }

            given += call.Complete(isEnd: true) is null ? 0 : 1;
            return given == 1;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("[1]")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public void Arguments_that_are_no_object_are_a_call_that_says_so(string text)
    {
        var call = new ToolCallAssembly(0, "call", "tool");
        call.Append(text);
        Assert.Contains("no object", call.Complete(isEnd: true)!.Exception!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_character_is_a_call_that_says_so()
    {
        var call = new ToolCallAssembly(0, "call", "tool");
        call.Append("""{"a":"\ud800"}""");
        Assert.IsType<FormatException>(call.Complete(isEnd: false)!.Exception);
    }

    private static JsonObject Arguments(string?[] texts, int seed)
    {
        var random = new Random(seed);
        var root = new JsonObject();
        var at = root;
        // Deeper than readers of JSON go is no concern of the assembly.
        foreach (var text in texts.Take(40))
        {
            var clean = text is null ? null : new string([.. text.Where(static character => !char.IsSurrogate(character))]);
            var name = $"{clean} {{[\"\\]}} {at.Count}";
            if (random.Next(3) == 0 && texts.Length < 25)
            {
                var inner = new JsonObject();
                at[name] = new JsonArray(clean, inner, "\\\"}]");
                at = inner;
            }
            else
            {
                at[name] = clean;
            }
        }

        return root;
    }
}
