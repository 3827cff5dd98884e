using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;
using Capstan.Engine.Configuration.Settings;
using Capstan.Engine.Configuration.Trust;
using Xunit;

namespace Capstan.Engine.Tests.Configuration.Trust;

/// <summary>What the files of a project may do, and who says so.</summary>
public sealed class ProjectTrustTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("""{}""", false)]
    [InlineData("""{"capstan":{}}""", false)]
    [InlineData("""{"capstan":{"projects":"trusted"}}""", false)]
    [InlineData("""{"capstan":{"projects":"restricted"}}""", true)]
    public void Projects_are_trusted_unless_something_else_is_said_outside_them(string global, bool isRestricted)
    {
        _sandbox.WriteGlobal(global);

        Assert.Equal(isRestricted, _sandbox.Load().Trust.IsRestricted);
        Assert.Equal(isRestricted, _sandbox.Load().Fence is not null);
    }

    [Theory]
    [InlineData("home/.config/opencode/config.json", true)]
    [InlineData("home/.opencode/opencode.json", true)]
    [InlineData("managed/opencode.json", true)]
    [InlineData("named.json", true)]
    [InlineData("extra/opencode.jsonc", true)]
    [InlineData("OPENCODE_CONFIG_CONTENT", true)]
    [InlineData("repo/opencode.json", false)]
    [InlineData("repo/sub/opencode.jsonc", false)]
    [InlineData("repo/.opencode/opencode.json", false)]
    [InlineData("repo/sub/.opencode/opencode.json", false)]
    [InlineData("repo/sub/relative.json", false)]
    public void It_is_said_in_files_that_are_not_the_projects(string file, bool counts)
    {
        const string Text = """{"capstan":{"projects":"restricted","env":["A"],"commands":{"env":["B"]}}}""";
        _sandbox.Variables["OPENCODE_CONFIG"] = file == "repo/sub/relative.json" ? "relative.json" : Path.Combine(_sandbox.Root, "named.json");
        _sandbox.Variables["OPENCODE_CONFIG_DIR"] = Path.Combine(_sandbox.Root, "extra");
        if (file == "OPENCODE_CONFIG_CONTENT")
            _sandbox.Variables[file] = Text;
        else
            _sandbox.Write(file, Text);

        var config = _sandbox.Load();
        var settings = CapstanSettings.Read(config.Capstan, "/w");

        Assert.Equal(counts, config.Trust.IsRestricted);
        Assert.Equal(counts ? ["A"] : [], config.Trust.Variables);
        Assert.Equal(counts ? ["B"] : [], settings.Commands.Env ?? []);
        Assert.Equal(counts ? "restricted" : null, settings.Projects);
        Assert.Equal(counts ? 0 : 3, config.Report.Refused.Count);
        Assert.All(config.Report.Refused, static entry => Assert.EndsWith("(read outside projects only)", entry, StringComparison.Ordinal));
    }

    [Fact]
    public void A_mode_that_does_not_exist_is_an_error()
    {
        var error = Assert.Throws<ConfigException>(() => CapstanSettings.Read(new JsonObject { ["projects"] = "open" }, "/w"));

        Assert.Contains("Expected one of trusted, restricted, got \"open\"", error.Message, StringComparison.Ordinal);
        // Whoever reads it all the same trusts nobody: what is not understood is no consent.
        Assert.True(ProjectTrust.Read(new JsonObject { ["capstan"] = new JsonObject { ["projects"] = "Trusted" } }).IsRestricted);
    }

    [Fact]
    public void A_trusted_project_does_what_OpenCode_lets_it_do_and_the_report_says_what()
    {
        _sandbox.Variables["SOME"] = "value";
        _sandbox.Write("elsewhere.txt", "text");
        var file = _sandbox.WriteProject("""
            {"username":"{env:SOME}","shell":"/bin/zsh","default_agent":"{file:../elsewhere.txt}","capstan":{"turns":{"maxRetries":1}},
             "permission":{"bash":"allow"},"agent":{"a":{"permission":{"edit":"allow"}},"b":{"prompt":"x"},"c":{"tools":{"bash":true}}},
             "provider":{"p":{"env":["KEY"],"options":{"baseURL":"http://x"}},"q":{"api":"http://y"},"r":{"name":"R"}},
             "instructions":["https://x/y","/etc/motd","~/notes.md","../up.md","docs/*.md"],"mcp":{},"plugin":[]}
            """);

        var config = _sandbox.Load();

        Assert.Equal(("value", "/bin/zsh", "text"), (config.Username, config.Shell, config.DefaultAgent));
        Assert.Empty(config.Report.Refused);
        Assert.Equal(
            new[]
            {
                "{env:SOME}", "{file:../elsewhere.txt}", "shell", "plugin", "mcp", "capstan", "permission", "agent.a.permission", "agent.c.permission",
                "provider.p.options.baseURL", "provider.p.env (KEY)", "provider.q.options.baseURL", "instructions (https://x/y)",
                "instructions (/etc/motd)", "instructions (~/notes.md)", "instructions (../up.md)",
            }.Select(power => $"{power} in {file}"),
            config.Report.Used);
    }

    [Theory]
    [InlineData("shell", "\"/tmp/evil\"")]
    [InlineData("plugin", "[\"evil\"]")]
    [InlineData("mcp", "{\"m\":{\"type\":\"local\",\"command\":[\"evil\"]}}")]
    [InlineData("formatter", "{\"f\":{\"command\":[\"evil\"]}}")]
    [InlineData("lsp", "{\"l\":{\"command\":[\"evil\"]}}")]
    [InlineData("capstan", "{\"permissionPolicy\":{\"mode\":\"allow\"},\"projects\":\"trusted\"}")]
    public void A_restricted_project_starts_no_programs_and_sets_nothing_of_Capstans(string key, string value)
    {
        _sandbox.WriteGlobal($$$$$$$"""{"capstan":{"projects":"restricted"},"username":"u"}""");
        var file = _sandbox.WriteProject($$$$$$$"""{"{{{{{{{key}}}}}}}":{{{{{{{value}}}}}}},"model":"a/b"}""");

        var config = _sandbox.Load();

        Assert.DoesNotContain("evil", config.Merged.ToJsonString() + config.Shared.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("""{"projects":"restricted"}""", config.Capstan.ToJsonString());
        Assert.Equal("a/b", config.Model?.ToString());
        Assert.Equal([$"{key} in {file} (projects are restricted)"], config.Report.Refused);
    }

    [Fact]
    public void What_is_set_outside_a_restricted_project_stays()
    {
        _sandbox.WriteGlobal("""{"capstan":{"projects":"restricted","turns":{"maxRetries":2}},"shell":"/bin/zsh","instructions":["https://mine/x"]}""");
        _sandbox.WriteProject("""{"shell":"/bin/evil","instructions":["http://169.254.169.254/latest","HTTPS://evil/x","docs/*.md"]}""");

        var config = _sandbox.Load();

        Assert.Equal("/bin/zsh", config.Shell);
        Assert.Equal(["https://mine/x", "docs/*.md"], config.Instructions);
        Assert.Equal(2, CapstanSettings.Read(config.Capstan, "/w").Turns.MaxRetries);
        var refused = config.Report.Refused.Single(static entry => entry.StartsWith("instructions in", StringComparison.Ordinal));
        Assert.EndsWith(" (addresses are not fetched for a restricted project)", refused, StringComparison.Ordinal);
    }

    // Behind one address there can be many servers, which the header tells apart: it would lead a key elsewhere.
    [Theory]
    [InlineData("trusted", """{"options":{"headers":{"Host":"evil","x":"1"}}}""")]
    [InlineData("trusted", """{"options":{"headers":{" hOsT ":"evil","x":"1"}}}""")]
    [InlineData("trusted", """{"models":{"m":{"headers":{"host":"evil","x":"1"}}}}""")]
    [InlineData("restricted", """{"options":{"headers":{"Host":"evil","x":"1"}}}""")]
    [InlineData("restricted", """{"models":{"m":{"headers":{"host":"evil","x":"1"}}}}""")]
    public void No_project_says_whom_behind_an_address_a_request_is_for(string mode, string provider)
    {
        _sandbox.WriteGlobal($$$"""{"capstan":{"projects":"{{{mode}}}"}}""");
        var file = _sandbox.WriteProject($$$$$$$"""{"provider":{"p":{{{{{{{provider}}}}}}}}}""");

        var config = _sandbox.Load();

        Assert.DoesNotContain("evil", config.Merged.ToJsonString() + config.Shared.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("\"x\":\"1\"", config.Merged.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal([$"the header Host in {file} (it is the address's)"], config.Report.Refused);

        _sandbox.WriteProject("{}");
        _sandbox.WriteGlobal($$$$$$$"""{"capstan":{"projects":"{{{{{{{mode}}}}}}}"},"provider":{"p":{{{{{{{provider}}}}}}}}}""");
        Assert.Contains("evil", _sandbox.Load().Merged.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_agents_in_Markdown_files_may_do_is_reported_as_well()
    {
        _sandbox.Write("repo/.opencode/agent/helper.md", "---\npermission:\n  bash: allow\n---\nHelp.\n");

        var used = Assert.Single(_sandbox.Load().Report.Used);

        Assert.StartsWith("agent.helper.permission in ", used, StringComparison.Ordinal);
        Assert.Contains(".opencode", used, StringComparison.Ordinal);
    }

    [Fact]
    public void A_restricted_project_refers_to_listed_variables_only()
    {
        _sandbox.Variables["LISTED"] = "yes";
        _sandbox.Variables["SECRET"] = "no";
        _sandbox.WriteGlobal("""{"capstan":{"projects":"restricted","env":["LISTED"]},"default_agent":"{env:SECRET}"}""");
        var file = _sandbox.WriteProject("""{"username":"{env:LISTED}-{env:SECRET}-{env:HOME}-{env:listed}"}""");

        var config = _sandbox.Load();

        Assert.Equal(("yes---", "no"), (config.Username, config.DefaultAgent));
        Assert.Equal([$"{{env:LISTED}} in {file}"], config.Report.Used);
        Assert.Equal(
            new[] { "SECRET", "HOME", "listed" }.Select(name => $"{{env:{name}}} in {file} (not listed in capstan.env)"), config.Report.Refused);
    }

    [Theory]
    [InlineData("./inside.txt", "inside")]
    [InlineData("deep/../inside.txt", "inside")]
    [InlineData("link-inside", "inside")]
    [InlineData("../outside.txt", "")]
    [InlineData("~/secret.txt", "")]
    [InlineData("/etc/hostname", "")]
    [InlineData("link-outside", "")]
    [InlineData("linked/outside.txt", "")]
    [InlineData("loop", "")]
    public void A_restricted_project_reads_files_of_its_own_only_wherever_links_lead(string reference, string value)
    {
        _sandbox.WriteGlobal("""{"capstan":{"projects":"restricted"}}""");
        _sandbox.Write("repo/inside.txt", "inside");
        _sandbox.Write("outside.txt", "outside");
        _sandbox.Write("home/secret.txt", "outside");
        File.CreateSymbolicLink(Path.Combine(_sandbox.Worktree, "link-inside"), "inside.txt");
        File.CreateSymbolicLink(Path.Combine(_sandbox.Worktree, "link-outside"), "../outside.txt");
        File.CreateSymbolicLink(Path.Combine(_sandbox.Worktree, "loop"), "loop");
        Directory.CreateSymbolicLink(Path.Combine(_sandbox.Worktree, "linked"), _sandbox.Root);
        _sandbox.WriteProject($$$$$$$"""{"username":"{file:{{{{{{{reference}}}}}}}}"}""");

        var config = _sandbox.Load();

        Assert.Equal(value, config.Username);
        Assert.Equal(value.Length == 0, config.Report.Refused.Any(static entry => entry.EndsWith("(it leads out of the project)", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_restricted_project_has_no_configuration_behind_links_that_lead_out()
    {
        _sandbox.WriteGlobal("""{"capstan":{"projects":"restricted"}}""");
        _sandbox.Write("elsewhere/opencode.json", """{"username":"leaked"}""");
        var agent = _sandbox.Write("elsewhere/secret.md", "a secret prompt");
        File.CreateSymbolicLink(Path.Combine(_sandbox.Worktree, "opencode.json"), "../elsewhere/opencode.json");
        _sandbox.Write("repo/.opencode/agent/own.md", "its own prompt");
        File.CreateSymbolicLink(Path.Combine(_sandbox.Worktree, ".opencode", "agent", "stolen.md"), agent);

        var config = _sandbox.Load();

        Assert.Equal(("tester", 2), (config.Username, config.Report.Refused.Count));
        Assert.Equal(["own"], config.Agents.Select(static pair => pair.Key));

        _sandbox.WriteGlobal("{}");
        Assert.Equal(["own", "stolen"], _sandbox.Load().Agents.Select(static pair => pair.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(true, "top")]
    [InlineData(false, "above")]
    public void Files_above_the_projects_top_are_not_read(bool isRepository, string username)
    {
        _sandbox.Write("opencode.json", """{"username":"above"}""");
        _sandbox.Write(".opencode/agent/above.md", "above");
        if (isRepository)
            _sandbox.Write("repo/opencode.json", """{"username":"top"}""");

        var config = new ConfigLoader(_sandbox.Paths, _sandbox.Environment).Load(_sandbox.Inner, isRepository ? _sandbox.Worktree : "/");

        Assert.Equal(username, config.Username);
        Assert.Equal(!isRepository, config.Agents.ContainsKey("above"));
    }

    [Fact]
    public void Without_a_repository_a_restricted_project_is_the_directory_alone()
    {
        _sandbox.WriteGlobal("""{"capstan":{"projects":"restricted"}}""");
        _sandbox.Write("repo/opencode.json", """{"username":"above"}""");
        _sandbox.Write("repo/.opencode/agent/above.md", "above");
        _sandbox.Write("repo/sub/opencode.json", """{"model":"a/b"}""");

        var config = new ConfigLoader(_sandbox.Paths, _sandbox.Environment).Load(_sandbox.Inner, "/");

        Assert.Equal(("tester", "a/b"), (config.Username, config.Model?.ToString()));
        Assert.Empty(config.Agents);
    }

    [Fact]
    public void What_would_hold_without_the_project_is_kept_apart()
    {
        _sandbox.WriteGlobal("""{"permission":{"bash":"ask"},"username":"mine"}""");
        _sandbox.Variables["OPENCODE_PERMISSION"] = """{"edit":"deny"}""";
        _sandbox.WriteProject("""{"permission":{"bash":"allow"},"username":"theirs"}""");

        var config = _sandbox.Load();

        Assert.Equal("""{"bash":"ask","edit":"deny"}""", config.Outside["permission"]!.ToJsonString());
        Assert.Equal("""{"bash":"allow","edit":"deny"}""", config.Permission.ToJsonString());
        Assert.Equal(("mine", "theirs"), ((string?)config.Outside["username"], config.Username));
        Assert.Contains("theirs", config.WrittenByProject);
        Assert.DoesNotContain("mine", config.WrittenByProject);
    }

    [Fact]
    public void A_report_does_not_grow_without_end()
    {
        _sandbox.WriteProject($$$$$$$"""{"username":"{{{{{{{string.Concat(Enumerable.Range(0, 500).Select(static n => $"{{env:V{n}}}"))}}}}}}}"}""");

        Assert.Equal(40, _sandbox.Load().Report.Used.Count);
    }
}
