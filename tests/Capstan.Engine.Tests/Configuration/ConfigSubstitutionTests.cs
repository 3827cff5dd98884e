using Capstan.Engine.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Configuration;

public sealed class ConfigSubstitutionTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Variables_go_in_raw_and_are_empty_if_unset()
    {
        _sandbox.Variables["LINES"] = "77";
        _sandbox.WriteProject("""{"username":"<{env:NOPE}{env: HOME }{env:}>","tool_output":{"max_lines":{env:LINES}}}""");
        var config = _sandbox.Load();
        Assert.Equal("<{env:}>", config.Username);
        Assert.Equal(77, config.ToolOutput.MaxLines);
    }

    [Fact]
    public void A_whole_file_may_be_a_reference_and_a_brace_that_never_closes_is_text()
    {
        _sandbox.Variables["ALL"] = """{"username":"all"}""";
        _sandbox.WriteProject("{env:ALL}");
        Assert.Equal("all", _sandbox.Load().Username);
        _sandbox.WriteProject("{\"username\":\"a {env:ALL\"" + "\n\n ");
        Assert.Equal("ConfigJsonError", Assert.Throws<ConfigException>(_sandbox.Load).Name);
    }

    [Fact]
    public void Files_go_in_trimmed_and_escaped_relative_to_the_file_that_names_them()
    {
        _sandbox.Write("repo/name.txt", "  a\"b\nc\n");
        _sandbox.Write("home/shell.txt", "/bin/zsh");
        _sandbox.WriteProject("""{"username":"{file:./name.txt}","shell":"{file:~/shell.txt}"}""");
        var config = _sandbox.Load();
        Assert.Equal("a\"b\nc", config.Username);
        Assert.Equal("/bin/zsh", config.Shell);
    }

    [Fact]
    public void A_file_named_in_a_comment_need_not_exist()
    {
        _sandbox.WriteProject("{\n  // \"username\": \"{file:missing}\"\n}");
        Assert.Equal("tester", _sandbox.Load().Username);
    }

    [Fact]
    public void A_missing_file_is_an_error_that_says_where_it_is_named()
    {
        var file = _sandbox.WriteProject("{\n  \"username\": \"{file:missing.txt}\"\n}");
        var error = Assert.Throws<ConfigException>(_sandbox.Load);
        Assert.Equal(("ConfigInvalidError", file, 2, 16), (error.Name, error.File, error.Line, error.Column));
        Assert.Contains("missing.txt", error.Message, StringComparison.Ordinal);
    }
}
