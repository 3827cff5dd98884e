using Capstan.Contract;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Settings;
using Xunit;

namespace Capstan.Engine.Tests.Configuration;

public sealed class ConfigErrorTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Broken_JSON_is_named_with_file_line_and_column_but_not_with_its_text()
    {
        var file = _sandbox.WriteProject("{\n  \"model\": \"s3cret\"\n  \"username\": 1\n}");
        var error = Assert.Throws<ConfigException>(_sandbox.Load);
        Assert.Equal(("ConfigJsonError", file, 3, 3), (error.Name, error.File, error.Line, error.Column));
        var body = error.ToJson();
        Assert.Equal(file, (string)body["data"]!["path"]!);
        Assert.DoesNotContain("s3cret", body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_body_of_an_error_says_where_what_and_what_else()
    {
        var file = _sandbox.WriteProject("{\n  \"model\": 5,\n  \"shell\": 6\n}");
        var invalid = Assert.Throws<ConfigException>(_sandbox.Load);
        Assert.Equal($"{file}:2: model: Expected a string, got 5; shell: Expected a string, got 6", invalid.Message);
        Assert.Equal(
            $$$$"""{"name":"ConfigInvalidError","data":{"path":"{{{{file}}}}","message":"{{{{invalid.Message}}}}","issues":[{"path":["model"],"message":"Expected a string, got 5"},{"path":["shell"],"message":"Expected a string, got 6"}]}}""",
            invalid.ToJson().ToJsonString());

        _sandbox.WriteProject("{\n  \"model\" 5\n}");
        var unparsable = Assert.Throws<ConfigException>(_sandbox.Load);
        Assert.StartsWith($"{file}:2:11: ", unparsable.Message, StringComparison.Ordinal);
        var body = unparsable.ToJson();
        Assert.Equal("ConfigJsonError", (string?)body["name"]);
        Assert.Equal((file, unparsable.Message, 2, 11), ((string?)body["data"]!["path"], (string?)body["data"]!["message"], (int)body["data"]!["line"]!, (int)body["data"]!["column"]!));
        Assert.False(((System.Text.Json.Nodes.JsonObject)body["data"]!).ContainsKey("issues"));
    }

    [Fact]
    public void What_is_wrong_is_named_in_the_order_of_the_file()
    {
        _sandbox.WriteProject("""{"tools":5,"capstan":{"turns":{"maxRetries":-1,"x":0},"projects":5},"agent":{"b":{"mode":1,"model":1}},"$schema":5}""");

        Assert.Equal(
            ["tools", "capstan.turns.maxRetries", "capstan.turns.x", "capstan.projects", "agent.b.mode", "agent.b.model", "$schema"],
            Assert.Throws<ConfigException>(_sandbox.Load).Issues.Select(static issue => string.Join('.', issue.Path)));
    }

    [Theory]
    [InlineData("""{"model":null}""", "model: Expected a string, got null")]
    [InlineData("""{"agent":{"a":null}}""", "agent.a: Expected an object, got null")]
    [InlineData("""{"agent":{"a":{"steps":null}}}""", "agent.a.steps: Expected a whole number from 1, got null")]
    [InlineData("""{"permission":{"bash":{"*":null}}}""", "permission.bash.*: Expected ask, allow or deny, got null")]
    [InlineData("""{"capstan":null}""", "capstan: Expected an object, got null")]
    [InlineData("""{"capstan":{"turns":null}}""", "capstan.turns: Expected an object, got null")]
    public void Null_is_no_value(string text, string message)
    {
        var file = _sandbox.WriteProject(text);

        Assert.Equal($"{file}:1: {message}", Assert.Throws<ConfigException>(_sandbox.Load).Message);
    }

    [Fact]
    public void Null_takes_back_a_setting_of_a_weaker_file_and_leaves_what_has_no_type()
    {
        _sandbox.WriteGlobal("""{"capstan":{"turns":{"maxRetries":1,"abortGrace":2}}}""");
        _sandbox.WriteProject("""{"capstan":{"turns":{"maxRetries":null}},"theme":null,"whatever":null}""");

        var turns = CapstanSettings.Read(_sandbox.Load().Capstan, "/w").Turns;

        Assert.Equal((null, 2), (turns.MaxRetries, turns.AbortGrace));
    }

    [Fact]
    public void A_policy_may_be_spread_over_files()
    {
        _sandbox.WriteGlobal("""{"capstan":{"permissionPolicy":{"mode":"ask"}}}""");
        _sandbox.WriteProject("""{"capstan":{"permissionPolicy":{"deadline":5}}}""");

        var policy = CapstanSettings.Read(_sandbox.Load().Capstan, "/w").PermissionPolicy;

        Assert.Equal((PermissionAction.Ask, 5L), (policy!.Mode, policy.Deadline));
    }

    [Theory]
    [InlineData("""{"share":["sk-abcdefgh1234"]}""")]
    [InlineData("""{"share":{"apiKey":"sk-abcdefgh1234"}}""")]
    [InlineData("""{"formatter":[{"environment":{"A":"sk-abcdefgh1234"}}]}""")]
    [InlineData("""{"mcp":{"m":{"headers":["sk-abcdefgh1234"]}}}""")]
    [InlineData("""{"mcp":{"m":{"command":{"headers":{"x":"sk-abcdefgh1234"}}}}}""")]
    [InlineData("""{"capstan":{"env":"Bearer sk-abcdefgh1234"}}""")]
    public void A_secret_within_a_wrong_value_is_not_repeated_in_the_error(string text)
    {
        _sandbox.WriteProject(text);

        var error = Assert.Throws<ConfigException>(_sandbox.Load);

        Assert.Contains("Expected ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("abcdefgh1234", error.ToJson().ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"model":5}""", "model")]
    [InlineData("""{"model":null}""", "model")]
    [InlineData("""{"instructions":"x"}""", "instructions")]
    [InlineData("""{"permission":{"bash":"maybe"}}""", "permission.bash")]
    [InlineData("""{"permission":{"edit":{"*":3}}}""", "permission.edit.*")]
    [InlineData("""{"permission":{"todowrite":{"*":"allow"}}}""", "permission.todowrite")]
    [InlineData("""{"agent":{"x":{"temperature":"hot"}}}""", "agent.x.temperature")]
    [InlineData("""{"agent":{"x":{"steps":-1}}}""", "agent.x.steps")]
    [InlineData("""{"agent":{"x":{"color":"pink"}}}""", "agent.x.color")]
    [InlineData("""{"agent":{"x":{"mode":"foo"}}}""", "agent.x.mode")]
    [InlineData("""{"agent":{"x":7}}""", "agent.x")]
    [InlineData("""{"tools":{"x":"y"}}""", "tools.x")]
    [InlineData("""{"tool_output":{"max_lines":0}}""", "tool_output.max_lines")]
    [InlineData("""{"share":"never"}""", "share")]
    [InlineData("""{"provider":{"p":{"models":{"m":{"limit":{"context":1}}}}}}""", "provider.p.models.m.limit.output")]
    [InlineData("""{"provider":{"p":{"options":{"timeout":true}}}}""", "provider.p.options.timeout")]
    [InlineData("""{"command":{"c":{}}}""", "command.c.template")]
    [InlineData("[1]", "")]
    public void A_value_of_the_wrong_type_is_an_issue_with_its_path(string text, string path)
    {
        _sandbox.WriteProject(text);
        var error = Assert.Throws<ConfigException>(_sandbox.Load);
        Assert.Equal("ConfigInvalidError", error.Name);
        Assert.Equal(path, string.Join('.', Assert.Single(error.Issues).Path));
    }

    [Theory]
    [InlineData("""{"model":s3cret}""")]
    [InlineData("""{"model":ts3cret}""")]
    [InlineData("""{"model":{env:RAW}}""")]
    public void Text_that_is_no_JSON_is_not_repeated(string text)
    {
        _sandbox.Variables["RAW"] = "ts3cret";
        _sandbox.WriteProject(text);
        Assert.DoesNotContain("3cret", Assert.Throws<ConfigException>(_sandbox.Load).ToJson().ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_the_wrong_type_is_not_repeated_in_the_error()
    {
        _sandbox.WriteProject("""{"provider":{"p":{"options":{"apiKey":["s3cret"]}}}}""");
        var error = Assert.Throws<ConfigException>(_sandbox.Load);
        Assert.DoesNotContain("s3cret", error.ToJson().ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Unknown_keys_empty_files_and_a_byte_order_mark_are_no_errors()
    {
        _sandbox.WriteProject("""{"theme":1,"whatever":{"x":[]},"username":"u"}""");
        _sandbox.Write("repo/opencode.jsonc", "\uFEFF");
        _sandbox.Write("repo/sub/opencode.json", "");
        Assert.Equal("u", _sandbox.Load().Username);
    }

    [Fact]
    public void A_mended_file_is_read_again()
    {
        _sandbox.WriteProject("{");
        Assert.Throws<ConfigException>(_sandbox.Load);
        _sandbox.WriteProject("""{"username":"u"}""");
        Assert.Equal("u", _sandbox.Load().Username);
    }

    [Fact]
    public void A_wrong_type_in_front_matter_names_the_Markdown_file()
    {
        var file = _sandbox.Write("repo/.opencode/agent/a.md", "---\ntemperature: hot\n---\nbody");
        var error = Assert.Throws<ConfigException>(_sandbox.Load);
        Assert.Equal(file, error.File);
        Assert.Equal(["temperature"], Assert.Single(error.Issues).Path);
    }
}
