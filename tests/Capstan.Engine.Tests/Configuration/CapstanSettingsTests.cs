using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Settings;
using Xunit;

namespace Capstan.Engine.Tests.Configuration;

public sealed class CapstanSettingsTests
{
    [Theory]
    [InlineData("""{"turns":{"maxRetries":-1}}""", "turns.maxRetries", "from 0 to 2147483647")]
    [InlineData("""{"turns":{"retryDelay":99999999999}}""", "turns.retryDelay", "from 0 to 2147483647")]
    [InlineData("""{"events":{"maxWaiting":0}}""", "events.maxWaiting", "from 1 to")]
    [InlineData("""{"events":{"retain":-5}}""", "events.retain", "from 0 to")]
    [InlineData("""{"server":{"heartbeat":0}}""", "server.heartbeat", "from 1 to")]
    [InlineData("""{"server":{"drain":-10}}""", "server.drain", "from 0 to")]
    [InlineData("""{"server":{"sendBuffer":1}}""", "server.sendBuffer", "from 4096 to")]
    [InlineData("""{"server":{"keepalive":1}}""", "server.keepalive", "There is no such key. Did you mean \"keepAlive\"?")]
    [InlineData("""{"turn":{}}""", "turn", "There is no such key. Did you mean \"turns\"?")]
    [InlineData("""{"colour":1}""", "colour", "There is no such key. Known are ")]
    [InlineData("""{"permissionPolicy":{"mode":"perhaps"}}""", "permissionPolicy.mode", "Expected one of \"allow\", \"deny\", \"ask\", got \"perhaps\"")]
    [InlineData("""{"server":{"keepAlive":"soon"}}""", "server.keepAlive", "Expected a whole number, got \"soon\"")]
    public void A_value_out_of_its_range_is_named_with_the_range(string settings, string key, string reason)
    {
        var error = Assert.Throws<ConfigException>(() => CapstanSettings.Read(JsonNode.Parse(settings)!.AsObject(), "/w/opencode.json"));

        var issue = Assert.Single(error.Issues);
        Assert.Equal($"capstan.{key}", string.Join('.', issue.Path));
        Assert.Contains(reason, issue.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_its_range_is_taken()
    {
        var settings = CapstanSettings.Read(
            JsonNode.Parse("""{"events":{"retain":0,"maxWaiting":1},"server":{"heartbeat":1,"responseBuffer":4096}}""")!.AsObject(), "/w");

        Assert.Equal(0, settings.Events.Retain);
        Assert.Equal(1, settings.Events.MaxWaiting);
        Assert.Equal(1, settings.Server.Heartbeat);
        Assert.Equal(4096, settings.Server.ResponseBuffer);
    }
}
