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
}
