using Capstan.Engine.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Configuration;

/// <summary>Which values the keys take that Capstan reads: what fits is taken, what does not is named with its place and with what was expected.</summary>
public sealed class ConfigShapeTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("shell", "a string")]
    [InlineData("model", "a string")]
    [InlineData("small_model", "a string")]
    [InlineData("default_agent", "a string")]
    [InlineData("username", "a string")]
    [InlineData("instructions", "a list of strings")]
    [InlineData("disabled_providers", "a list of strings")]
    [InlineData("enabled_providers", "a list of strings")]
    [InlineData("logLevel", "one of DEBUG, INFO, WARN, ERROR")]
    [InlineData("share", "one of manual, auto, disabled")]
    [InlineData("autoshare", "true or false")]
    [InlineData("snapshot", "true or false")]
    [InlineData("permission", "ask, allow, deny or an object")]
    [InlineData("permission.bash", "ask, allow, deny or an object")]
    [InlineData("permission.bash.git *", "ask, allow or deny")]
    [InlineData("permission.todowrite", "ask, allow or deny")]
    [InlineData("permission.question", "ask, allow or deny")]
    [InlineData("permission.webfetch", "ask, allow, deny or an object")]
    [InlineData("permission.websearch", "ask, allow or deny")]
    [InlineData("permission.doom_loop", "ask, allow or deny")]
    [InlineData("tools", "an object")]
    [InlineData("tools.bash", "true or false")]
    [InlineData("agent", "an object")]
    [InlineData("agent.a", "an object")]
    [InlineData("agent.a.model", "a string")]
    [InlineData("agent.a.variant", "a string")]
    [InlineData("agent.a.prompt", "a string")]
    [InlineData("agent.a.description", "a string")]
    [InlineData("agent.a.temperature", "a number", "\"7\"")]
    [InlineData("agent.a.top_p", "a number", "\"7\"")]
    [InlineData("agent.a.disable", "true or false")]
    [InlineData("agent.a.hidden", "true or false")]
    [InlineData("agent.a.mode", "one of subagent, primary, all")]
    [InlineData("agent.a.options", "an object")]
    [InlineData("agent.a.tools", "an object")]
    [InlineData("agent.a.tools.bash", "true or false")]
    [InlineData("agent.a.permission", "ask, allow, deny or an object")]
    [InlineData("agent.a.permission.edit", "ask, allow, deny or an object")]
    [InlineData("agent.a.color", "#rrggbb or one of primary, secondary, accent, success, warning, error, info")]
    [InlineData("mode", "an object")]
    [InlineData("mode.a.prompt", "a string")]
    [InlineData("provider", "an object")]
    [InlineData("provider.p", "an object")]
    [InlineData("provider.p.api", "a string")]
    [InlineData("provider.p.name", "a string")]
    [InlineData("provider.p.id", "a string")]
    [InlineData("provider.p.npm", "a string")]
    [InlineData("provider.p.env", "a list of strings")]
    [InlineData("provider.p.env", "a list of strings", "[7]")]
    [InlineData("provider.p.whitelist", "a list of strings")]
    [InlineData("provider.p.blacklist", "a list of strings")]
    [InlineData("provider.p.options", "an object")]
    [InlineData("provider.p.options.baseURL", "a string")]
    [InlineData("provider.p.options.timeout", "a positive number of milliseconds or false", "0")]
    [InlineData("provider.p.options.headerTimeout", "a positive number of milliseconds or false", "-1")]
    [InlineData("provider.p.options.chunkTimeout", "a positive number of milliseconds or false", "\"7\"")]
    [InlineData("provider.p.models", "an object")]
    [InlineData("provider.p.models.m", "an object")]
    [InlineData("provider.p.models.m.id", "a string")]
    [InlineData("provider.p.models.m.name", "a string")]
    [InlineData("provider.p.models.m.family", "a string")]
    [InlineData("provider.p.models.m.release_date", "a string")]
    [InlineData("provider.p.models.m.attachment", "true or false")]
    [InlineData("provider.p.models.m.reasoning", "true or false")]
    [InlineData("provider.p.models.m.temperature", "true or false")]
    [InlineData("provider.p.models.m.tool_call", "true or false")]
    [InlineData("provider.p.models.m.status", "one of alpha, beta, deprecated, active")]
    [InlineData("provider.p.models.m.limit", "an object")]
    [InlineData("provider.p.models.m.cost", "an object")]
    [InlineData("provider.p.models.m.options", "an object")]
    [InlineData("provider.p.models.m.headers", "an object")]
    [InlineData("provider.p.models.m.headers.h", "a string")]
    [InlineData("provider.p.models.m.variants", "an object")]
    [InlineData("provider.p.models.m.variants.v", "an object")]
    [InlineData("provider.p.models.m.modalities", "an object")]
    [InlineData("provider.p.models.m.modalities.input", "a list of strings")]
    [InlineData("provider.p.models.m.modalities.output", "a list of strings")]
    [InlineData("provider.p.models.m.provider", "an object")]
    [InlineData("provider.p.models.m.provider.npm", "a string")]
    [InlineData("provider.p.models.m.provider.api", "a string")]
    [InlineData("provider.p.models.m.interleaved", "a boolean, a field's name, or an object with field")]
    [InlineData("provider.p.models.m.interleaved", "a boolean, a field's name, or an object with field", "{}")]
    [InlineData("command", "an object")]
    [InlineData("command.c", "an object")]
    [InlineData("capstan", "an object")]
    [InlineData("mcp", "an object")]
    [InlineData("tool_output", "an object")]
    [InlineData("tool_output.max_lines", "a whole number from 1", "0")]
    [InlineData("tool_output.max_bytes", "a whole number from 1", "0")]
    [InlineData("tool_output.max_bytes", "a whole number from 1", "1.5")]
    [InlineData("tool_output.max_bytes", "a whole number from 1", "2147483648")]
    [InlineData("subagent_depth", "a whole number from 0", "-1")]
    [InlineData("agent.a.steps", "a whole number from 1", "0")]
    [InlineData("agent.a.maxSteps", "a whole number from 1", "0")]
    [InlineData("compaction", "an object")]
    [InlineData("compaction.auto", "true or false")]
    [InlineData("compaction.prune", "true or false")]
    [InlineData("compaction.tail_turns", "a whole number from 0", "-1")]
    [InlineData("compaction.reserved", "a whole number from 0", "-1")]
    [InlineData("skills", "an object")]
    [InlineData("skills.paths", "a list of strings")]
    [InlineData("skills.urls", "a list of strings")]
    [InlineData("$schema", "a string")]
    [InlineData("server", "an object")]
    [InlineData("server.port", "a whole number from 1", "0")]
    [InlineData("references.r", "a string or an object")]
    [InlineData("references.r.path", "a string")]
    [InlineData("watcher.ignore", "a list of strings")]
    [InlineData("plugin", "a list of packages, each a string or a list of a string and an object", "[7]")]
    [InlineData("plugin", "a list of packages, each a string or a list of a string and an object", "[[\"x\",7]]")]
    [InlineData("autoupdate", "true, false or notify")]
    [InlineData("mcp.m", "an object")]
    [InlineData("mcp.m.type", "one of local, remote")]
    [InlineData("mcp.m.command", "a list of strings")]
    [InlineData("mcp.m.oauth", "false or an object", "true")]
    [InlineData("mcp.m.oauth.callbackPort", "a whole number from 1 to 65535", "65536")]
    [InlineData("formatter", "true, false or an object")]
    [InlineData("formatter.f.command", "a list of strings")]
    [InlineData("lsp", "true, false or an object")]
    [InlineData("lsp.l.disabled", "true or false")]
    [InlineData("layout", "one of auto, stretch")]
    [InlineData("attachment.image.max_width", "a whole number from 1", "0")]
    [InlineData("enterprise.url", "a string")]
    [InlineData("experimental.policies", "a list of policies, each with action, effect and resource", "[{}]")]
    public void What_does_not_fit_is_named_with_what_was_expected(string path, string expected, string value = "7")
    {
        var issue = Assert.Single(Issues(path, value));

        Assert.Equal(path.Split('.'), issue.Path);
        Assert.Equal($"Expected {expected}, got {value}", issue.Message);
    }

    [Theory]
    [InlineData("provider.p.options.apiKey", "a string")]
    [InlineData("provider.p.options.setCacheKey", "true or false")]
    [InlineData("compaction.preserve_recent_tokens", "a whole number from 0")]
    public void What_stands_under_a_name_of_secrets_is_not_repeated(string path, string expected)
    {
        var issue = Assert.Single(Issues(path, "-1"));

        Assert.Equal(path.Split('.'), issue.Path);
        Assert.Equal($"Expected {expected}, got something else", issue.Message);
    }

    [Theory]
    [InlineData("command.c.template")]
    [InlineData("command.c.description")]
    [InlineData("command.c.agent")]
    [InlineData("command.c.model")]
    [InlineData("command.c.variant")]
    [InlineData("command.c.subtask")]
    [InlineData("provider.p.models.m.limit.context")]
    [InlineData("provider.p.models.m.limit.output")]
    [InlineData("provider.p.models.m.limit.input")]
    [InlineData("provider.p.models.m.cost.input")]
    [InlineData("provider.p.models.m.cost.output")]
    [InlineData("provider.p.models.m.cost.cache_read")]
    [InlineData("provider.p.models.m.cost.cache_write")]
    public void So_is_what_stands_beside_keys_that_must_be_there(string path) =>
        Assert.Contains(
            Issues(path, "[]"),
            issue => string.Join('.', issue.Path) == path && issue.Message.StartsWith("Expected ", StringComparison.Ordinal));

    [Theory]
    [InlineData("command.c", "{}", "template")]
    [InlineData("provider.p.models.m.limit", """{"output":1}""", "context")]
    [InlineData("provider.p.models.m.limit", """{"context":1}""", "output")]
    [InlineData("provider.p.models.m.cost", """{"output":1}""", "input")]
    [InlineData("provider.p.models.m.cost", """{"input":1}""", "output")]
    public void A_key_that_must_be_there_is_missed(string path, string value, string missing)
    {
        var issue = Assert.Single(Issues(path, value));

        Assert.Equal(($"{path}.{missing}", "Missing key"), (string.Join('.', issue.Path), issue.Message));
    }

    [Theory]
    [InlineData("""{"logLevel":"DEBUG","share":"manual","autoshare":false,"snapshot":true,"subagent_depth":0}""")]
    [InlineData("""{"logLevel":"WARN","share":"disabled","tool_output":{"max_lines":1,"max_bytes":2147483647}}""")]
    [InlineData("""{"logLevel":"ERROR","permission":{"todowrite":"ask","bash":{"*":"deny"},"edit":"allow"}}""")]
    [InlineData("""{"agent":{"a":{"mode":"subagent","steps":1,"maxSteps":1,"color":"#09afAF","temperature":0.5,"top_p":1,"permission":"deny","tools":{"bash":true}}}}""")]
    [InlineData("""{"agent":{"a":{"mode":"all","color":"primary"},"b":{"color":"secondary"},"c":{"color":"accent"},"d":{"color":"success"}}}""")]
    [InlineData("""{"agent":{"e":{"color":"warning"},"f":{"color":"error"},"g":{"color":"info"}}}""")]
    [InlineData("""{"provider":{"p":{"options":{"timeout":1,"headerTimeout":false,"chunkTimeout":0.5,"setCacheKey":true},"models":{"m":{"status":"active","interleaved":false}}}}}""")]
    [InlineData("""{"provider":{"p":{"models":{"a":{"status":"alpha","interleaved":true},"b":{"status":"beta","interleaved":"x"},"d":{"status":"deprecated","interleaved":{"field":"x"}}}}}}""")]
    [InlineData("""{"command":{"c":{"template":"t","description":"d","agent":"a","model":"m","variant":"v","subtask":true}}}""")]
    [InlineData("""{"compaction":{"auto":true,"prune":false,"tail_turns":0,"preserve_recent_tokens":0,"reserved":0},"skills":{"paths":["x"],"urls":[]}}""")]
    public void What_fits_is_taken(string text)
    {
        _sandbox.WriteProject(text);

        Assert.NotNull(_sandbox.Load());
    }

    [Theory]
    [InlineData("#12345")]
    [InlineData("#1234567")]
    [InlineData("1234567")]
    [InlineData("#12345g")]
    [InlineData("red")]
    public void A_color_is_six_hexadecimal_digits_or_a_known_name(string color) =>
        Assert.Equal(["agent", "a", "color"], Assert.Single(Issues("agent.a.color", $"\"{color}\"")).Path);

    [Theory]
    [InlineData(192, false)]
    [InlineData(198, false)]
    [InlineData(199, true)]
    public void Of_a_long_value_the_beginning_is_repeated(int length, bool isCut)
    {
        var value = new string('x', length);

        Assert.Equal(
            $"Expected one of manual, auto, disabled, got \"{value[..Math.Min(length, 199)]}{(isCut ? "…" : "\"")}",
            Assert.Single(Issues("share", $"\"{value}\"")).Message);
    }

    [Fact]
    public void The_variable_for_permissions_is_checked_as_well()
    {
        _sandbox.Variables["OPENCODE_PERMISSION"] = """{"bash":"maybe"}""";

        var error = Assert.Throws<ConfigException>(_sandbox.Load);

        Assert.Equal("OPENCODE_PERMISSION: bash: Expected ask, allow, deny or an object, got \"maybe\"", error.Message);
    }

    private IReadOnlyList<ConfigIssue> Issues(string path, string value)
    {
        var keys = path.Split('.');
        _sandbox.WriteProject($"{string.Concat(keys.Select(static key => $"{{\"{key}\":"))}{value}{new string('}', keys.Length)}");
        return Assert.Throws<ConfigException>(_sandbox.Load).Issues;
    }
}
