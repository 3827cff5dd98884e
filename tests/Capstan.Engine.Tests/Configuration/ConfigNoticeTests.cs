using Capstan.Engine.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Configuration;

/// <summary>R13: configuration without effect is said, with the place and what to do.</summary>
public sealed class ConfigNoticeTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void A_key_that_is_not_known_is_named_with_its_line_and_the_nearest_key()
    {
        var file = _sandbox.WriteProject("{\n  // the model\n  \"modle\": \"a/b\",\n  \"xyzzy\": 1\n}");

        var notices = _sandbox.Load().Notices;

        Assert.Equal(
            [
                $"{file}:3: \"modle\" is not a key that is known; it has no effect. Did you mean \"model\"?",
                $"{file}:4: \"xyzzy\" is not a key that is known; it has no effect.",
            ],
            notices);
    }

    [Theory]
    [InlineData("""{"mcp":{"x":{"type":"local","command":["x"]}}}""", "mcp", "MCP servers are not started")]
    [InlineData("""{"plugin":["x"]}""", "plugin", "not run here")]
    [InlineData("""{"command":{"x":{"template":"y"}}}""", "command", "send what they say as a prompt")]
    [InlineData("""{"skills":{"paths":["x"]}}""", "skills", "\"instructions\"")]
    [InlineData("""{"compaction":{"auto":true}}""", "compaction", "begin a new session")]
    [InlineData("""{"share":"auto"}""", "share", "never shared")]
    [InlineData("""{"formatter":{"x":{"command":["x"]}}}""", "formatter", "not formatted")]
    [InlineData("""{"lsp":true}""", "lsp", "not started")]
    [InlineData("""{"server":{"port":1}}""", "server", "capstan serve")]
    [InlineData("""{"autoshare":true}""", "autoshare", "never shared")]
    [InlineData("""{"enterprise":{"url":"x"}}""", "enterprise", "never shared")]
    [InlineData("""{"watcher":{"ignore":["x"]}}""", "watcher", "not watched")]
    [InlineData("""{"reference":{"x":"y"}}""", "reference", "\"instructions\"")]
    [InlineData("""{"references":{"x":"y"}}""", "references", "\"instructions\"")]
    [InlineData("""{"attachment":{"x":1}}""", "attachment", "as they are")]
    [InlineData("""{"subagent_depth":2}""", "subagent_depth", "no tool that starts subagents")]
    [InlineData("""{"experimental":{"x":true}}""", "experimental", "none of OpenCode's experiments")]
    public void A_key_without_effect_is_named_with_the_reason(string text, string key, string reason)
    {
        var file = _sandbox.WriteProject(text);

        var notice = Assert.Single(_sandbox.Load().Notices);

        Assert.StartsWith($"{file}:1: \"{key}\" has no effect yet: ", notice, StringComparison.Ordinal);
        Assert.Contains(reason, notice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_without_effect_within_others_is_named_once_with_its_line()
    {
        const string Cost = "{\"input\":1,\"output\":1,\"context_over_200k\":{\"input\":2,\"output\":2}}";
        var file = _sandbox.WriteProject(
            """{"provider":{"p":{"options":{"enterpriseUrl":"x"},"models":{"""
            + "\n\"a\":{\"experimental\":false,\"cost\":" + Cost + "},\n\"b\":{\"cost\":" + Cost + "}}}}}");

        Assert.Equal(
            [
                $"{file}:1: \"provider.p.options.enterpriseUrl\" has no effect yet: set \"baseURL\" to the address instead. The key may stay.",
                $"{file}:2: \"provider.p.models.a.cost.context_over_200k\" has no effect yet: costs are counted with the model's ordinary prices. The key may stay.",
            ],
            _sandbox.Load().Notices);
    }

    [Theory]
    [InlineData("""{"compaction":{"auto":false,"prune":false},"share":"disabled","subagent_depth":1,"experimental":{"batch_tool":false}}""")]
    [InlineData("""{"model":"a/b","theme":"dark","$schema":"x","autoupdate":false,"logLevel":"INFO"}""")]
    [InlineData("""{"mcp":{},"plugin":[],"share":"manual","lsp":false,"formatter":false}""")]
    [InlineData("""{"agent":{},"capstan":{},"default_agent":"a","disabled_providers":["p"],"enabled_providers":["p"],"instructions":["x"],"mode":{}}""")]
    [InlineData("""{"permission":"ask","provider":{},"shell":"sh","small_model":"a/b","snapshot":true,"tool_output":{"max_lines":1},"tools":{"bash":true},"username":"u"}""")]
    [InlineData("""{"keybinds":{"x":"y"},"layout":"auto","tui":{"x":1}}""")]
    [InlineData("")]
    public void What_has_an_effect_or_asks_for_nothing_is_not_mentioned(string text)
    {
        _sandbox.WriteProject(text);

        Assert.Empty(_sandbox.Load().Notices);
    }

    [Theory]
    [InlineData("command", "commands are not offered")]
    [InlineData("commands", "commands are not offered")]
    [InlineData("skill", "skills are not loaded")]
    [InlineData("skills", "skills are not loaded")]
    [InlineData("plugin", "plugins are JavaScript")]
    [InlineData("plugins", "plugins are JavaScript")]
    public void Folders_of_definitions_that_are_not_loaded_are_named(string folder, string reason)
    {
        _sandbox.Write($"repo/.opencode/{folder}/x.md", "text");

        var notice = Assert.Single(_sandbox.Load().Notices);

        Assert.StartsWith($"{_sandbox.Worktree}/.opencode/{folder} has no effect yet: {reason}", notice, StringComparison.Ordinal);
        Assert.EndsWith(". The folder may stay.", notice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ANTHROPIC_API_KEY", "anthropic")]
    [InlineData("OPENAI_API_KEY", "openai")]
    [InlineData("OPENROUTER_API_KEY", "openrouter")]
    [InlineData("GEMINI_API_KEY", "google")]
    [InlineData("GOOGLE_GENERATIVE_AI_API_KEY", "google")]
    [InlineData("GROQ_API_KEY", "groq")]
    [InlineData("MISTRAL_API_KEY", "mistral")]
    [InlineData("DEEPSEEK_API_KEY", "deepseek")]
    [InlineData("XAI_API_KEY", "xai")]
    [InlineData("AZURE_API_KEY", "azure")]
    [InlineData("AWS_BEARER_TOKEN_BEDROCK", "amazon-bedrock")]
    [InlineData("CEREBRAS_API_KEY", "cerebras")]
    [InlineData("TOGETHER_API_KEY", "togetherai")]
    [InlineData("FIREWORKS_API_KEY", "fireworks-ai")]
    [InlineData("OPENCODE_API_KEY", "opencode")]
    public void A_credential_that_nothing_uses_is_named_but_not_shown(string variable, string provider)
    {
        _sandbox.Variables[variable] = "s3cret";
        _sandbox.WriteProject("""{"username":"u"}""");

        var notice = Assert.Single(_sandbox.Load().Notices);

        Assert.StartsWith($"{variable} is set and nothing uses it: unlike OpenCode, Capstan offers only providers that a configuration file names.", notice, StringComparison.Ordinal);
        Assert.Contains($"provider.{provider} with options.baseURL, options.apiKey \"{{env:{variable}}}\"", notice, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", notice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"provider":{"p":{"options":{"apiKey":"{env:ANTHROPIC_API_KEY}"},"models":{"m":{}}}}}""")]
    [InlineData("""{"provider":{"p":{"env":["ANTHROPIC_API_KEY"],"models":{"m":{}}}}}""")]
    public void A_credential_that_a_file_names_is_used(string text)
    {
        _sandbox.Variables["ANTHROPIC_API_KEY"] = "s3cret";
        _sandbox.WriteProject(text);

        Assert.Empty(_sandbox.Load().Notices);
    }

    [Fact]
    public void A_key_of_Capstan_s_own_that_is_not_known_is_an_error_with_file_and_line()
    {
        var file = _sandbox.WriteProject("{\n  \"capstan\": {\n    \"turns\": {\n      \"maxRetrys\": 3\n    }\n  }\n}");

        var error = Assert.Throws<ConfigException>(_sandbox.Load);

        Assert.Equal($"{file}:4: capstan.turns.maxRetrys: There is no such key. Did you mean \"maxRetries\"?", error.Message);
    }

    [Fact]
    public void A_number_out_of_its_range_is_an_error_with_file_and_line()
    {
        var file = _sandbox.WriteProject("{\n  \"capstan\": {\n    \"server\": {\n      \"drain\": -5\n    }\n  }\n}");

        var error = Assert.Throws<ConfigException>(_sandbox.Load);

        Assert.Equal($"{file}:4: capstan.server.drain: must be from 0 to 2147483647", error.Message);
    }

    [Fact]
    public void What_is_no_object_or_does_not_end_is_said_in_words()
    {
        var file = _sandbox.WriteProject("[1]");
        Assert.Equal($"{file}: Expected an object", Assert.Throws<ConfigException>(_sandbox.Load).Message);

        _sandbox.WriteProject("{\n  \"username\": \"u\"\n");
        Assert.Equal(
            $"{file}:3:1: The file ends here, and an object or a list is not closed: a }} or ] is missing.",
            Assert.Throws<ConfigException>(_sandbox.Load).Message);
    }

    [Fact]
    public void A_value_of_the_wrong_type_is_named_with_its_line()
    {
        var file = _sandbox.WriteProject("{\n  \"provider\": { \"p\": {\n    \"options\": { \"baseURL\": 5 } } }\n}");

        var error = Assert.Throws<ConfigException>(_sandbox.Load);

        Assert.Equal($"{file}:3: provider.p.options.baseURL: Expected a string, got 5", error.Message);
    }
}
