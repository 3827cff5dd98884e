using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Agents;
using Capstan.Engine.Configuration;
using Capstan.Engine.Models;
using Xunit;

namespace Capstan.Engine.Tests.Configuration.Redaction;

/// <summary>What <c>{env:…}</c> and <c>{file:…}</c> stand for never comes back.</summary>
public sealed class ReferencesStayTests : IDisposable
{
    private const string Value = "v4lue-of-it";

    private readonly ConfigSandbox _sandbox = new();

    public ReferencesStayTests()
    {
        _sandbox.Variables["REF"] = Value;
        _sandbox.Variables["NUMBER"] = "4711";
        _sandbox.Write("repo/ref.txt", Value + "\n");
    }

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("""{"username":"{env:REF}"}""", """"username":"{env:REF}"""")]
    [InlineData("""{"username":"a \" {env:REF} b"}""", """"username":"a \u0022 {env:REF} b"""")]
    [InlineData("""{"username":"{file:ref.txt}"}""", """"username":"{file:ref.txt}"""")]
    [InlineData("""{"x":1, "share":"manual", /* "{env:REF}" */ "shell":"{env:REF}"}""", """"shell":"{env:REF}"""")]
    [InlineData("// {env:NOT}\n{\"shell\":\"{env:REF}\"}", """"shell":"{env:REF}"""")]
    [InlineData("""{"agent":{"a":{"prompt":"{file:ref.txt}","description":"{env:REF}","options":{"x":"{env:REF}"}}}}""", """"prompt":"{file:ref.txt}"""")]
    [InlineData("""{"provider":{"p":{"name":"{env:REF}","options":{"baseURL":"http://h/{env:REF}","x":"{env:REF}"},"models":{"m":{"options":{"y":"{env:REF}"}}}}}}""", "http://h/{env:REF}")]
    [InlineData("""{"provider":{"p":{"api":"http://{env:REF}","models":{"m":{"id":"{env:REF}","name":"{env:REF}","family":"{env:REF}","variants":{"v":{"a":"{env:REF}"}},"provider":{"api":"http://{file:ref.txt}"}}}}}}""", "{file:ref.txt}")]
    [InlineData("""{"mcp":{"m":{"type":"remote","url":"http://{env:REF}"}}}""", "http://{env:REF}")]
    [InlineData("""{"instructions":["{env:REF}"],"command":{"c":{"template":"{env:REF}"}}}""", """"template":"{env:REF}"""")]
    public void Clients_are_shown_the_reference(string text, string shown)
    {
        _sandbox.WriteProject(text);

        Assert.Contains(Value, _sandbox.Load().Merged.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(shown, _sandbox.Load().Shared.ToJsonString(), StringComparison.Ordinal);
        foreach (var answer in Answers())
            Assert.DoesNotContain(Value, answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_stands_for_a_number_is_left_out()
    {
        _sandbox.WriteProject("""{"tool_output":{"max_lines":{env:NUMBER},"max_bytes":9},"subagent_depth":{env:NUMBER}}""");

        Assert.Equal(4711, _sandbox.Load().ToolOutput.MaxLines);
        Assert.Equal("""{"max_bytes":9}""", _sandbox.Load().Shared["tool_output"]!.ToJsonString());
        Assert.DoesNotContain("4711", Answers()[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_brings_keys_of_its_own_does_not_come_back_either()
    {
        _sandbox.Variables["INJECTED"] = $"x\",\"shell\":\"{Value}";
        _sandbox.Variables["BLOCK"] = $$$$$$$"""{"a":{"prompt":"{{{{{{{Value}}}}}}}"}}""";
        _sandbox.WriteProject("""{"username":"{env:INJECTED}","agent":{env:BLOCK},"mode":{"b":{"prompt":"{env:REF}"}}}""");

        Assert.Equal((Value, Value), (_sandbox.Load().Shell, (string?)_sandbox.Load().Agents["a"]!["prompt"]));
        Assert.Equal("{env:INJECTED}", (string?)_sandbox.Load().Shared["username"]);
        foreach (var answer in Answers())
            Assert.DoesNotContain(Value, answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"mode\":\"primary\"", "{env:MODE}", "primary")]
    [InlineData("\"hidden\":true", "{env:FLAG}", "true")]
    public void What_an_agent_is_stays_true(string expected, string reference, string value)
    {
        _sandbox.Variables[reference[5..^1]] = value;
        var key = value == "true" ? "hidden" : "mode";
        _sandbox.WriteProject($$$$$$$"""{"agent":{"a":{"{{{{{{{key}}}}}}}":{{{{{{{(value == "true" ? reference : $"\"{reference}\"")}}}}}}},"prompt":"p"}}}""");

        Assert.Contains(expected, Answers()[1], StringComparison.Ordinal);
    }

    [Fact]
    public void The_name_of_a_model_that_is_there_is_shown_because_clients_choose_by_it()
    {
        _sandbox.Variables["MODEL"] = "p/m";
        _sandbox.Variables["OTHER"] = "p/secret";
        _sandbox.WriteProject("""{"model":"{env:MODEL}","small_model":"{env:OTHER}","provider":{"p":{"models":{"m":{}}}}}""");

        Assert.Equal(("p/m", "{env:OTHER}"), ((string?)_sandbox.Load().Shared["model"], (string?)_sandbox.Load().Shared["small_model"]));
    }

    [Theory]
    [InlineData("""{"agent":{"a":{"temperature":"{env:REF}"}}}""", "agent.a.temperature")]
    [InlineData("""{"agent":{"a":{"mode":"{file:ref.txt}"}}}""", "agent.a.mode")]
    [InlineData("""{"share":"{env:REF}"}""", "share")]
    [InlineData("""{"tool_output":{"max_lines":{env:LONG}}}""", "tool_output.max_lines")]
    public void An_error_does_not_repeat_it(string text, string path)
    {
        _sandbox.Variables["LONG"] = "-4711";
        _sandbox.WriteProject(text);

        var error = Assert.Throws<ConfigException>(_sandbox.Load);

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Value, error.ToJson().ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("4711", error.ToJson().ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_repeats_what_the_file_says_itself()
    {
        _sandbox.WriteProject("""{"share":"never","username":"{env:REF}"}""");

        Assert.Contains("got \"never\"", Assert.Throws<ConfigException>(_sandbox.Load).Message, StringComparison.Ordinal);
    }

    private string[] Answers()
    {
        var config = _sandbox.Load();
        var models = ModelCatalogue.Build(config, _sandbox.Paths, _sandbox.Environment);
        return
        [
            config.Shared.ToJsonString(),
            JsonSerializer.Serialize(AgentCatalogue.Build(config, _sandbox.Paths, _sandbox.Worktree).Shown, WireJson.Wire.IReadOnlyListAgentInfo),
            JsonSerializer.Serialize(models.List, WireJson.Wire.ProviderList),
            JsonSerializer.Serialize(models.Configured, WireJson.Wire.ConfiguredProviders),
        ];
    }
}
