using System.Text.Json.Nodes;
using Capstan.Engine.Models;
using Xunit;

namespace Capstan.Engine.Tests.Models;

public sealed class ProviderAddressTests
{
    [Theory]
    [InlineData("http://plain.test/v1/", "http://plain.test/v1")]
    [InlineData("${A}", "1")]
    [InlineData("${A}/v1", "1/v1")]
    [InlineData("http://x/${A}${B}/${A}", "http://x/122/1")]
    [InlineData("http://x/${A}b}", "http://x/1b}")]
    [InlineData("http://x/${UNKNOWN}/${A}", "http://x/${UNKNOWN}/1")]
    [InlineData("http://x/${A", "http://x/${A")]
    [InlineData("http://x/}${A}", "http://x/}1")]
    // A value is a value, whatever it looks like.
    [InlineData("http://x/${LIKE_A}", "http://x/${A}")]
    [InlineData("${LIKE_A}${A}", "${A}1")]
    public void Variables_are_filled_in_once(string address, string expected)
    {
        var variables = new Dictionary<string, string> { ["A"] = "1", ["B"] = "22", ["LIKE_A"] = "${A}" };
        Assert.Equal(expected, ProviderAddress.Expand(address, variables.GetValueOrDefault));
    }

    [Fact]
    public void All_addresses_are_those_of_the_options_the_provider_and_its_models()
    {
        Assert.Equal(
            ["http://options", "http://provider", "http://model"],
            All("""{"options":{"baseURL":"http://options"},"api":"http://provider","models":{"a":{},"b":{"provider":{"api":"http://model"}},"c":{"provider":{"api":""}}}}"""));
        // One that stands twice is named twice: nothing is lost in between.
        Assert.Equal(["http://one", "http://one"], All("""{"api":"http://one","models":{"a":{"provider":{"api":"http://one"}}}}"""));
        Assert.Empty(All("{}"));

        static IEnumerable<string> All(string provider) => ProviderAddress.All((JsonObject)JsonNode.Parse(provider)!);
    }
}
