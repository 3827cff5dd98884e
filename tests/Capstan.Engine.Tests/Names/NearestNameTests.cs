using Capstan.Engine.Names;
using Xunit;

namespace Capstan.Engine.Tests.Names;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("srve", "serve")]
    [InlineData("modle", "model")]
    [InlineData("mdoel", "model")]
    [InlineData("max_retries", "maxRetries")]
    [InlineData("maxRetry", "maxRetries")]
    [InlineData("mod", "mode")]
    [InlineData("elsewhere", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void A_slip_has_a_nearest_name_and_another_name_has_none(string given, string? nearest) =>
        Assert.Equal(nearest, NearestName.Find(given, ["maxRetries", "mode", "model", "serve"]));
}
