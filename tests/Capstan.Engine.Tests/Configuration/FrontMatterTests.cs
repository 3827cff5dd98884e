using Capstan.Engine.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Configuration;

public sealed class FrontMatterTests
{
    [Fact]
    public void Types_of_plain_scalars_are_kept_and_quotes_mean_text()
    {
        var (data, body) = FrontMatter.Parse("---\na: 5\nb: 2.5\nc: true\nd: \"5\"\ne: ~\nf: yes\ng: [1, x]\nh: |\n  two\n  lines\n---\n\nBody\n---\nmore\n");
        Assert.Equal("""{"a":5,"b":2.5,"c":true,"d":"5","e":null,"f":"yes","g":[1,"x"],"h":"two\nlines"}""", data.ToJsonString());
        Assert.Equal("Body\n---\nmore", body);
    }

    [Fact]
    public void A_value_with_a_colon_need_not_be_quoted() =>
        Assert.Equal("Use this: when it's x", (string)FrontMatter.Parse("---\ndescription: Use this: when it's x\n---\n").Data["description"]!);

    [Theory]
    [InlineData("just a body")]
    [InlineData("---\nfoo: [\n---\nx")]
    [InlineData("---\nnever: closed")]
    [InlineData("---\n- a list\n---\nx")]
    public void What_is_no_front_matter_is_all_body(string text)
    {
        var (data, body) = FrontMatter.Parse(text);
        Assert.Empty(data);
        Assert.Equal(text, body);
    }

    [Fact]
    public void Aliases_cannot_blow_up()
    {
        var yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + string.Concat(
            Enumerable.Range(1, 12).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        Assert.Null(Yaml.TryRead(yaml));
        Assert.Null(Yaml.TryRead("a: " + new string('[', 5000) + new string(']', 5000)));
    }

    [Theory]
    [InlineData("", "null")]
    [InlineData("~", "null")]
    [InlineData("null", "null")]
    [InlineData("Null", "null")]
    [InlineData("NULL", "null")]
    [InlineData("true", "true")]
    [InlineData("True", "true")]
    [InlineData("TRUE", "true")]
    [InlineData("false", "false")]
    [InlineData("False", "false")]
    [InlineData("FALSE", "false")]
    [InlineData("tRUE", "\"tRUE\"")]
    [InlineData("-7", "-7")]
    [InlineData("1.5e3", "1500")]
    [InlineData("1,5", "\"1,5\"")]
    [InlineData("1e999", "\"1e999\"")]
    [InlineData("'true'", "\"true\"")]
    [InlineData("\"\"", "\"\"")]
    public void A_plain_scalar_has_the_type_that_it_looks_like(string text, string value) =>
        Assert.Equal($$"""{"a":{{value}}}""", FrontMatter.Parse($"---\na: {text}\n---\n").Data.ToJsonString());

    [Theory]
    [InlineData("a: &x [1, {b: 2}]\nc: *x", """{"a":[1,{"b":2}],"c":[1,{"b":2}]}""")]
    [InlineData("a: &x text\nc: *x", """{"a":"text","c":"text"}""")]
    [InlineData("a: &x {b: 1}\nc: *x", """{"a":{"b":1},"c":{"b":1}}""")]
    [InlineData("", "{}")]
    [InlineData("# only a comment", "{}")]
    [InlineData("~", "{}")]
    [InlineData("c: *x", null)]
    [InlineData("text", null)]
    [InlineData("a: [", null)]
    [InlineData("? [a]\n: b", null)]
    public void A_mapping_is_read_and_nothing_else(string yaml, string? expected) => Assert.Equal(expected, Yaml.TryRead(yaml)?.ToJsonString());

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void A_document_is_32_levels_deep_at_the_most(int depth, bool isRead) =>
        Assert.Equal(isRead, Yaml.TryRead($"a: {new string('[', depth)}{new string(']', depth)}") is not null);

    [Theory]
    // The mapping and the list are two of the 10,000.
    [InlineData(9_998, true)]
    [InlineData(9_999, false)]
    public void A_document_has_10000_nodes_at_the_most(int items, bool isRead) =>
        Assert.Equal(isRead, Yaml.TryRead($"a: [{string.Join(',', Enumerable.Repeat("1", items))}]") is not null);

    [Theory]
    [InlineData("\uFEFF---\na: 1\n---\nbody", """{"a":1}""", "body")]
    [InlineData("---\r\na: 1\r\n---\r\nbody", """{"a":1}""", "body")]
    [InlineData("---\na: 1\n---", """{"a":1}""", "")]
    [InlineData("---\n---\nbody", "{}", "body")]
    [InlineData("--- \na: 1\n---\nbody", "{}", "--- \na: 1\n---\nbody")]
    [InlineData("  text  ", "{}", "text")]
    // Only plain values at the top are quoted, and only where they hold a colon.
    [InlineData("---\na: b: c\nd: \"e: f\"\ng: 1\n---\n", """{"a":"b: c","d":"e: f","g":1}""", "")]
    [InlineData("---\na: b: c\n# x: y: z\nd:\n  e: 1\n---\n", """{"a":"b: c","d":{"e":1}}""", "")]
    [InlineData("---\na: b: c\nd: {e: f}\ng: [h: 1]\n---\n", """{"a":"b: c","d":{"e":"f"},"g":[{"h":1}]}""", "")]
    [InlineData("---\na: b: c\nd: 'e: f'\ng: |\n  h: i\nj: >\n  k: l\n---\n", """{"a":"b: c","d":"e: f","g":"h: i\n","j":"k: l"}""", "")]
    public void What_stands_between_the_dashes_is_read_and_the_rest_is_the_body(string text, string expected, string body)
    {
        var (data, rest) = FrontMatter.Parse(text);

        Assert.Equal((expected, body), (data.ToJsonString(), rest));
    }
}
