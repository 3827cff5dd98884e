using Capstan.Engine.Models;
using Capstan.Engine.Tests.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Models;

/// <summary>Which values of a workspace are masked wherever they turn up.</summary>
public sealed class WorkspaceSecretsTests : IDisposable
{
    private const string Value = "a value of some length";

    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("""{"provider":{"p":{"options":{"apiKey":"VALUE"}}}}""")]
    [InlineData("""{"provider":{"p":{"options":{"deep":[{"token":"VALUE"}]}}}}""")]
    [InlineData("""{"provider":{"p":{"options":{"headers":{"X-Org":"VALUE"}}}}}""")]
    [InlineData("""{"provider":{"p":{"models":{"m":{"headers":{"X-Org":"VALUE"}}}}}}""")]
    [InlineData("""{"provider":{"p":{"models":{"m":{"options":{"secret":"VALUE"}}}}}}""")]
    [InlineData("""{"provider":{"p":{"env":["HOLDS_IT"]}}}""")]
    [InlineData("""{"mcp":{"m":{"type":"remote","headers":{"X-Org":"VALUE"}}}}""")]
    [InlineData("""{"mcp":{"m":{"type":"local","environment":{"X":"VALUE"}}}}""")]
    [InlineData("""{"provider":{"p":{"options":{"own":"{env:HOLDS_IT}"}}}}""")]
    // A provider repeats the key without the scheme that the header has before it.
    [InlineData("""{"provider":{"p":{"options":{"headers":{"X-Org":"Key one-word-of-it"}}}}}""", "one-word-of-it")]
    public void What_is_configured_as_a_secret_is_masked(string config, string value = Value)
    {
        _sandbox.Variables["HOLDS_IT"] = Value;
        _sandbox.WriteGlobal(config.Replace("VALUE", Value, StringComparison.Ordinal));

        Assert.Equal("they say [redacted]!", Redact($"they say {value}!"));
    }

    [Theory]
    [InlineData("""{"provider":{"p":{"name":"VALUE"}}}""")]
    [InlineData("""{"username":"VALUE","model":"p/VALUE"}""")]
    [InlineData("""{"username":"{env:HOLDS_IT}"}""")]
    [InlineData("""{"mcp":{"m":{"type":"local","command":["VALUE"]}}}""")]
    // A header of three words has no scheme before it.
    [InlineData("""{"provider":{"p":{"options":{"headers":{"X":"with a value of some length"}}}}}""")]
    public void What_is_not_stays(string config)
    {
        _sandbox.Variables["HOLDS_IT"] = Value;
        _sandbox.WriteGlobal(config.Replace("VALUE", Value, StringComparison.Ordinal));

        Assert.Equal($"they say {Value}!", Redact($"they say {Value}!"));
    }

    [Fact]
    public void An_address_with_a_secret_in_it_is_shown_without_the_secret()
    {
        _sandbox.WriteGlobal("""{"provider":{"p":{"options":{"baseURL":"http://user:pass@host.test/v1"}}}}""");

        Assert.Equal("http://[redacted]@host.test/v1", Redact("http://user:pass@host.test/v1"));
    }

    [Theory]
    [InlineData("""{"p":{"type":"api","key":"VALUE"}}""", true)]
    [InlineData("""{"p/":{"type":"oauth","access":"VALUE"}}""", true)]
    [InlineData("""{"p":{"type":"oauth","refresh":"VALUE"}}""", true)]
    [InlineData("""{"p":{"type":"wellknown","token":"VALUE"}}""", true)]
    [InlineData("""{"p":{"type":"api","other":"VALUE"}}""", false)]
    [InlineData("""{"p":"VALUE"}""", false)]
    public void What_is_stored_of_accounts_is_masked_as_well(string stored, bool isMasked)
    {
        _sandbox.Write("home/.local/share/capstan/auth.json", stored.Replace("VALUE", Value, StringComparison.Ordinal));

        Assert.Equal(isMasked ? "[redacted]" : Value, Redact(Value));
    }

    [Fact]
    public void So_is_the_servers_password()
    {
        Assert.Equal(Value, Redact(Value));

        _sandbox.Variables["OPENCODE_SERVER_PASSWORD"] = Value;

        Assert.Equal("[redacted]", Redact(Value));
    }

    [Theory]
    [InlineData("postgres://capstan:pass%20word@db.example/capstan", "postgres://capstan:pass%20word@db.example/capstan", "[redacted]")]
    [InlineData("postgres://capstan:pass%20word@db.example/capstan", "it said pass word", "it said [redacted]")]
    [InlineData("postgres://capstan:p@ss:word@db.example/capstan", "p@ss:word", "[redacted]")]
    [InlineData("postgres://capstan@db.example/capstan", "db.example", "db.example")]
    public void So_are_the_address_of_the_database_and_its_password(string store, string text, string shown)
    {
        _sandbox.Variables["CAPSTAN_STORE"] = store;

        Assert.Equal(shown, Redact(text));
    }

    [Fact]
    public void The_longest_goes_first_and_what_is_short_stays()
    {
        _sandbox.WriteGlobal("""{"provider":{"p":{"options":{"apiKey":"abcdef","token":"  abcdef-and-more  ","secret":"12345"}}}}""");

        Assert.Equal("[redacted] [redacted] 12345", Redact("abcdef-and-more abcdef 12345"));
    }

    private string Redact(string text) =>
        WorkspaceSecrets.Collect(_sandbox.Load(), Credentials.Load(_sandbox.Paths, _sandbox.Environment), _sandbox.Environment).Redact(text);
}
