using Capstan.Server.Security;
using Xunit;

namespace Capstan.Server.Tests.Security;

public sealed class OriginRuleTests
{
    [Theory]
    [InlineData("http://localhost")]
    [InlineData("http://localhost:5173")]
    [InlineData("http://LOCALHOST:5173")]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://[::1]:8080")]
    [InlineData("http://tauri.localhost")]
    [InlineData("https://tauri.localhost")]
    [InlineData("tauri://localhost")]
    [InlineData("oc://renderer")]
    [InlineData("https://opencode.ai")]
    [InlineData("https://app.opencode.ai")]
    [InlineData("https://a.b.opencode.ai")]
    [InlineData("https://mine.example.org")]
    [InlineData("HTTPS://MINE.example.org")]
    [InlineData("https://mine.example.org:8443")]
    public void Pages_of_this_machine_of_OpenCode_and_of_named_origins_may_come(string origin) =>
        Assert.True(Rule().Allows(origin));

    [Theory]
    [InlineData("https://evilopencode.ai")]
    [InlineData("https://opencode.ai.evil.example")]
    [InlineData("https://opencode.evil.ai")]
    [InlineData("https://opencode.aievil")]
    [InlineData("https://.opencode.ai.evil.example")]
    [InlineData("http://opencode.ai")]
    [InlineData("http://app.opencode.ai")]
    [InlineData("https://opencode.ai:8443")]
    [InlineData("https://app.opencode.ai:444")]
    [InlineData("https://opencode.ai@evil.example")]
    [InlineData("https://evil.example/opencode.ai")]
    [InlineData("https://evil.example#.opencode.ai")]
    [InlineData("https://evil.example?x=.opencode.ai")]
    [InlineData("https://user@opencode.ai")]
    [InlineData("https://opencode.ai/")]
    [InlineData("https://opencode.ai/page")]
    [InlineData("https://opencode.ai#x")]
    [InlineData("https://localhost")]
    [InlineData("http://localhost.evil.example")]
    [InlineData("http://evillocalhost")]
    [InlineData("http://127.0.0.1.evil.example")]
    [InlineData("http://127.0.0.2")]
    [InlineData("http://0.0.0.0")]
    [InlineData("http://eviltauri.localhost")]
    [InlineData("ftp://localhost")]
    [InlineData("file://localhost")]
    [InlineData("tauri://evil")]
    [InlineData("tauri://localhost.evil.example")]
    [InlineData("oc://renderer.evil.example")]
    [InlineData("oc://evil")]
    [InlineData("https://mine.example.org.evil.example")]
    [InlineData("https://evilmine.example.org")]
    [InlineData("https://sub.mine.example.org")]
    [InlineData("http://mine.example.org")]
    [InlineData("https://mine.example.org:444")]
    [InlineData("null")]
    [InlineData("*")]
    [InlineData("localhost")]
    public void All_other_pages_may_not(string origin) => Assert.False(Rule().Allows(origin));

    private static OriginRule Rule() => new(["https://mine.example.org", "https://mine.example.org:8443"]);
}
