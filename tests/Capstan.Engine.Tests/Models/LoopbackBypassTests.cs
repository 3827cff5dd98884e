using System.Net;
using Capstan.Engine.Models;
using Xunit;

namespace Capstan.Engine.Tests.Models;

public sealed class LoopbackBypassTests
{
    private static readonly Uri Proxy = new("http://proxy.example:3128");

    [Theory]
    [InlineData("http://localhost:1/v1")]
    [InlineData("http://LOCALHOST./v1")]
    [InlineData("https://model.localhost/v1")]
    [InlineData("http://127.0.0.1:11434/v1")]
    [InlineData("http://127.9.8.7/v1")]
    [InlineData("http://[::1]:8080/v1")]
    [InlineData("http://[::ffff:127.0.0.1]/v1")]
    [InlineData("http://0.0.0.0:8000/v1")]
    [InlineData("http://[::]:8000/v1")]
    [InlineData("http://left-out.example/v1")]
    public void This_machine_and_what_is_left_out_is_reached_without_a_proxy(string address)
    {
        var bypass = new LoopbackBypass(new WebProxy(Proxy) { BypassList = [@"left-out\.example"] });

        Assert.True(bypass.IsBypassed(new Uri(address)));
        Assert.True(bypass.GetProxy(new Uri(address)) is null);
    }

    [Theory]
    [InlineData("http://models.example/v1")]
    [InlineData("http://localhost.example/v1")]
    [InlineData("http://notlocalhost/v1")]
    [InlineData("http://127.example/v1")]
    [InlineData("http://128.0.0.1/v1")]
    [InlineData("http://10.0.0.1/v1")]
    [InlineData("http://[::2]/v1")]
    public void All_else_goes_through_it(string address)
    {
        var bypass = new LoopbackBypass(new WebProxy(Proxy));

        Assert.False(bypass.IsBypassed(new Uri(address)));
        Assert.Equal(Proxy, bypass.GetProxy(new Uri(address)));
    }

    [Fact]
    public void Credentials_are_the_proxys()
    {
        var inner = new WebProxy(Proxy);
        var credentials = new NetworkCredential("u", "p");
        new LoopbackBypass(inner).Credentials = credentials;

        Assert.Same(credentials, inner.Credentials);
        Assert.Same(credentials, new LoopbackBypass(inner).Credentials);
    }
}
