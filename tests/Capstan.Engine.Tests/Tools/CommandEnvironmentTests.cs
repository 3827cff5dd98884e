using Capstan.Engine.Configuration;
using Capstan.Engine.Tests.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

public sealed class CommandEnvironmentTests : IDisposable
{
    // Nothing that a variable which is read as configuration could trip over.
    private const string Value = "{}";

    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("PATH")]
    [InlineData("HOME")]
    [InlineData("LANG")]
    [InlineData("LC_ALL")]
    [InlineData("TMPDIR")]
    [InlineData("SSH_AUTH_SOCK")]
    [InlineData("XDG_RUNTIME_DIR")]
    [InlineData("DBUS_SESSION_BUS_ADDRESS")]
    [InlineData("HTTPS_PROXY")]
    [InlineData("JAVA_HOME")]
    [InlineData("GOPATH")]
    [InlineData("CARGO_HOME")]
    [InlineData("NODE_OPTIONS")]
    [InlineData("DOTNET_ROOT")]
    [InlineData("VIRTUAL_ENV")]
    [InlineData("CI")]
    public void What_commands_need_they_get(string name) => Assert.True(Passes(name));

    [Theory]
    [InlineData("CAPSTAN_STORE")]
    [InlineData("OPENCODE_SERVER_PASSWORD")]
    [InlineData("OPENCODE_SERVER_USERNAME")]
    [InlineData("OPENCODE_AUTH_CONTENT")]
    [InlineData("OPENCODE_CONFIG_CONTENT")]
    [InlineData("OPENCODE_CONFIG")]
    [InlineData("ANTHROPIC_API_KEY")]
    [InlineData("OPENAI_API_KEY")]
    [InlineData("GITHUB_TOKEN")]
    [InlineData("AWS_SECRET_ACCESS_KEY")]
    [InlineData("GOOGLE_APPLICATION_CREDENTIALS")]
    [InlineData("DATABASE_URL")]
    [InlineData("SENTRY_DSN")]
    [InlineData("CARGO_REGISTRY_TOKEN")]
    [InlineData("NODE_AUTH_TOKEN")]
    [InlineData("NPM_CONFIG_PASSWORD")]
    [InlineData("MYPATH")]
    [InlineData("path")]
    public void The_rest_is_the_servers_own(string name)
    {
        Assert.False(Passes(name));
        Assert.Contains(name, Environment(name).Withheld);
    }

    [Theory]
    [InlineData("DATABASE_URL", "DATABASE_URL", true)]
    [InlineData("DATABASE_URL", "DATABASE_*", true)]
    [InlineData("DATABASE_URL", "*", true)]
    [InlineData("DATABASE_URL", "DATABASE_", false)]
    [InlineData("DATABASE_URL", "*_URL", false)]
    [InlineData("MY_DATABASE_URL", "DATABASE_*", false)]
    [InlineData("GITHUB_TOKEN", "GITHUB_TOKEN", true)]
    [InlineData("GITHUB_TOKEN", "GITHUB_*", false)]
    [InlineData("GITHUB_TOKEN", "*", false)]
    [InlineData("OPENCODE_SERVER_PASSWORD", "OPENCODE_SERVER_PASSWORD", false)]
    [InlineData("CAPSTAN_STORE", "CAPSTAN_*", false)]
    [InlineData("OPENCODE_SERVER_USERNAME", "*", false)]
    public void The_configuration_adds_to_it(string name, string pattern, bool isPassed) => Assert.Equal(isPassed, Passes(name, pattern));

    [Theory]
    [InlineData("""{"provider":{"p":{"env":["CARGO_HOME"],"models":{"m":{}}}}}""", false)]
    [InlineData("""{"provider":{"p":{"options":{"apiKey":"{env:CARGO_HOME}"}}}}""", false)]
    [InlineData("""{"provider":{"p":{"options":{"headers":{"x":"a {env:CARGO_HOME}"}}}}}""", false)]
    [InlineData("""{"mcp":{"m":{"environment":{"X":"{env:CARGO_HOME}"}}}}""", false)]
    [InlineData("""{"provider":{"p":{"options":{"baseURL":"{env:CARGO_HOME}"}}}}""", true)]
    [InlineData("""{"username":"{env:CARGO_HOME}"}""", true)]
    [InlineData("""{}""", true)]
    public void A_variable_that_holds_a_key_is_withheld_whatever_its_name(string config, bool isPassed)
    {
        _sandbox.WriteProject(config);
        Assert.Equal(isPassed, Passes("CARGO_HOME"));
        Assert.Equal(isPassed, Passes("CARGO_HOME", "CARGO_*"));

        _sandbox.WriteProject("{}");
        _sandbox.WriteGlobal(config);
        Assert.Equal(isPassed, Passes("CARGO_HOME"));
        Assert.True(Passes("CARGO_HOME", "CARGO_HOME"));
    }

    [Fact]
    public void A_project_does_not_take_a_variable_out_of_the_providers_keys()
    {
        _sandbox.WriteGlobal("""{"provider":{"p":{"env":["CARGO_HOME"],"models":{"m":{}}}}}""");
        _sandbox.WriteProject("""{"provider":{"p":{"env":["OTHER"]}}}""");

        Assert.False(Passes("CARGO_HOME"));
        Assert.False(Passes("OTHER", "*R"));
    }

    private bool Passes(string name, params IReadOnlyList<string> further) => Environment(name, further).Passed.GetValueOrDefault(name) == Value;

    private CommandEnvironment Environment(string name, params IReadOnlyList<string> further)
    {
        _sandbox.Variables[name] = Value;
        try
        {
            var environment = _sandbox.Environment;
            var config = name == "HOME" ? new ConfigLoader(_sandbox.Paths, environment).Load(_sandbox.Inner, _sandbox.Worktree) : _sandbox.Load();
            return CommandEnvironment.Of(environment, config, further);
        }
        finally
        {
            _sandbox.Variables["HOME"] = _sandbox.Home;
        }
    }
}
