using Capstan.Server.Security;
using Xunit;

namespace Capstan.Server.Tests.Security;

public sealed class HostRuleTests
{
    private const string Password = "secret";

    [Theory]
    [InlineData("127.0.0.1", null, "localhost", true)]
    [InlineData("127.0.0.1", null, "LocalHost", true)]
    [InlineData("127.0.0.1", null, "127.0.0.1", true)]
    [InlineData("127.0.0.1", null, "[::1]", true)]
    [InlineData("127.0.0.1", null, "127.0.0.2", false)]
    [InlineData("127.0.0.1", null, "evil.example", false)]
    [InlineData("127.0.0.1", null, "localhost.evil.example", false)]
    [InlineData("127.0.0.1", null, "evillocalhost", false)]
    [InlineData("127.0.0.1", null, "", false)]
    [InlineData("127.0.0.2", null, "127.0.0.2", true)]
    [InlineData("127.0.0.2", null, "127.0.0.3", false)]
    // A password does not make the names of others ours while nobody but this machine can reach the server.
    [InlineData("127.0.0.1", Password, "evil.example", false)]
    [InlineData("localhost", Password, "evil.example", false)]
    [InlineData("::1", Password, "evil.example", false)]
    [InlineData("::1", Password, "[::1]", true)]
    // Open to a network, with a password: the server cannot know by which names it is reached.
    [InlineData("0.0.0.0", Password, "box.lan", true)]
    [InlineData("::", Password, "box.lan", true)]
    [InlineData("box.lan", Password, "other.lan", true)]
    // Without one it does not start; if it did, names would be all that protects it.
    [InlineData("0.0.0.0", null, "box.lan", false)]
    [InlineData("0.0.0.0", "", "box.lan", false)]
    [InlineData("box.lan", null, "box.lan", true)]
    [InlineData("fd00:0::1", null, "[fd00::1]", true)]
    public void The_server_answers_to_its_own_names(string hostname, string? password, string host, bool isAllowed) =>
        Assert.Equal(isAllowed, Rule(hostname, password).Allows(host));

    [Theory]
    [InlineData("proxy.example.org", true)]
    [InlineData("PROXY.example.org", true)]
    [InlineData("localhost", true)]
    [InlineData("sub.proxy.example.org", false)]
    [InlineData("evil.example", false)]
    public void Further_names_are_added_to_its_own(string host, bool isAllowed) =>
        Assert.Equal(isAllowed, Rule("127.0.0.1", null, "proxy.example.org").Allows(host));

    [Theory]
    [InlineData(null)]
    [InlineData(Password)]
    public void A_star_among_the_further_names_stands_for_any(string? password) =>
        Assert.True(Rule("127.0.0.1", password, "*").Allows("evil.example"));

    private static HostRule Rule(string hostname, string? password, params string[] further) =>
        new(new ServerOptions { Version = "0", Hostname = hostname, Password = password, AllowedHosts = further });
}
