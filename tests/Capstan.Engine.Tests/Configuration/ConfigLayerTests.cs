using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Configuration;

public sealed class ConfigLayerTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData("instructions", "a,b,c")]
    [InlineData("plugin", "a,b,c")]
    [InlineData("disabled_providers", "b,c")]
    public void Of_lists_these_add_up_and_others_are_replaced(string key, string merged)
    {
        _sandbox.WriteGlobal($$"""{"{{key}}":["a","b"]}""");
        _sandbox.WriteProject($$"""{"{{key}}":["b","c"]}""");

        Assert.Equal(merged, string.Join(',', _sandbox.Load().Merged.Texts(key)!));
    }

    [Fact]
    public void Later_layers_win_in_the_order_of_OpenCode()
    {
        // Each layer sets its own number and all that come after it, so that the last to set a key shows in it.
        string[] files =
        [
            Path.Combine(_sandbox.Global, "config.json"),
            Path.Combine(_sandbox.Global, "opencode.json"),
            Path.Combine(_sandbox.Global, "opencode.jsonc"),
            "named.json",
            "repo/opencode.json",
            "repo/opencode.jsonc",
            "repo/sub/opencode.json",
            "repo/sub/.opencode/opencode.json",
            "repo/.opencode/opencode.json",
            "home/.opencode/opencode.jsonc",
            "extra/opencode.json",
            "OPENCODE_CONFIG_CONTENT",
            "managed/opencode.json",
        ];
        _sandbox.Variables["OPENCODE_CONFIG"] = Path.Combine(_sandbox.Root, "named.json");
        _sandbox.Variables["OPENCODE_CONFIG_DIR"] = Path.Combine(_sandbox.Root, "extra");
        for (var i = 0; i < files.Length; i++)
        {
            var models = string.Join(',', Enumerable.Range(i, files.Length - i).Select(n => $"\"k{n:00}\":{{\"name\":\"{i}\"}}"));
            var text = $"{{\"provider\":{{\"p\":{{\"models\":{{{models}}}}}}}}}";
            if (files[i] == "OPENCODE_CONFIG_CONTENT")
                _sandbox.Variables[files[i]] = text;
            else
                _sandbox.Write(files[i], text);
        }

        var merged = (JsonObject)_sandbox.Load().Providers["p"]!["models"]!;

        Assert.Equal(
            Enumerable.Range(0, files.Length).Select(n => n.ToString()),
            merged.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (string)pair.Value!["name"]!));
    }

    [Fact]
    public void Instructions_of_all_layers_add_up_without_repetition()
    {
        _sandbox.WriteGlobal("""{"instructions":["G.md"]}""");
        _sandbox.WriteProject("""{"instructions":["P.md","G.md"]}""");
        Assert.Equal(["G.md", "P.md"], _sandbox.Load().Instructions);
    }

    [Fact]
    public void Project_files_can_be_switched_off()
    {
        _sandbox.WriteProject("""{"model":"a/b"}""");
        _sandbox.Variables["OPENCODE_DISABLE_PROJECT_CONFIG"] = "1";
        Assert.Null(_sandbox.Load().Model);
    }

    [Fact]
    public void Tool_switches_become_permissions_below_those_written_out()
    {
        _sandbox.WriteGlobal("""{"permission":"ask"}""");
        _sandbox.WriteProject("""{"tools":{"write":false,"webfetch":true},"permission":{"bash":{"git *":"allow"},"edit":"allow"}}""");
        _sandbox.Variables["OPENCODE_PERMISSION"] = """{"lsp":"deny"}""";
        Assert.Equal(
            """{"edit":"allow","webfetch":"allow","*":"ask","bash":{"git *":"allow"},"lsp":"deny"}""",
            _sandbox.Load().Permission.ToJsonString());
    }

    [Fact]
    public void Older_keys_are_folded_into_the_newer()
    {
        _sandbox.WriteProject("""{"autoshare":true,"mode":{"careful":{"prompt":"p"}},"agent":{"x":{"maxSteps":3,"foo":1,"options":{"z":1}}}}""");
        var config = _sandbox.Load();
        Assert.Equal("auto", (string)config.Merged["share"]!);
        Assert.Equal("tester", config.Username);
        Assert.Equal("primary", (string)config.Agents["careful"]!["mode"]!);
        Assert.Equal("""{"z":1,"foo":1}""", config.Agents["x"]!["options"]!.ToJsonString());
        Assert.Equal(3, (int)(long)config.Agents["x"]!["steps"]!);
    }

    [Fact]
    public void Comments_and_trailing_commas_are_read_and_the_file_is_left_as_it_is()
    {
        const string Text = """
            { // a comment
              "model": "a/b", /* another */ "model": "a/c",
            }
            """;
        var file = _sandbox.WriteProject(Text);
        Assert.Equal("a/c", _sandbox.Load().Model?.ToString());
        Assert.Equal(Text, File.ReadAllText(file));
    }

    [Fact]
    public void Keys_and_Capstans_own_section_are_not_shown_to_clients()
    {
        _sandbox.WriteProject("""
            {"capstan":{"turns":{"maxRetries":1}},"unknown":2,"provider":{"p":{"options":{"apiKey":"s3cret","baseURL":"http://x","headers":{"Authorization":"s3cret"}}}},
             "mcp":{"m":{"type":"remote","url":"http://y","headers":{"X-Api-Key":"s3cret"}}}}
            """);
        var config = _sandbox.Load();
        var shown = config.Shared.ToJsonString();
        Assert.DoesNotContain("s3cret", shown, StringComparison.Ordinal);
        Assert.Contains("http://x", shown, StringComparison.Ordinal);
        Assert.False(config.Shared.ContainsKey("capstan"));
        Assert.False(config.Shared.ContainsKey("unknown"));
        Assert.Equal(1, (int)(long)config.Capstan["turns"]!["maxRetries"]!);
        Assert.Equal("s3cret", (string)config.Providers["p"]!["options"]!["apiKey"]!);
    }

    [Fact]
    public void A_changed_or_new_file_makes_the_configuration_stale()
    {
        _sandbox.WriteProject("{}");
        var config = _sandbox.Load();
        Assert.False(config.IsStale());
        _sandbox.Write("repo/sub/opencode.jsonc", "{}");
        Assert.True(config.IsStale());

        config = _sandbox.Load();
        _sandbox.Write("repo/.opencode/agents/new.md", "hello");
        Assert.True(config.IsStale());

        config = _sandbox.Load();
        _sandbox.WriteProject("""{"model":"a/b"}""");
        Assert.True(config.IsStale());
    }

    [Theory]
    [InlineData("$schema", "\"x\"")]
    [InlineData("shell", "\"x\"")]
    [InlineData("logLevel", "\"INFO\"")]
    [InlineData("server", "{\"port\":1}")]
    [InlineData("skills", "{\"paths\":[\"x\"]}")]
    [InlineData("references", "{\"x\":\"y\"}")]
    [InlineData("reference", "{\"x\":\"y\"}")]
    [InlineData("watcher", "{\"ignore\":[\"x\"]}")]
    [InlineData("snapshot", "false")]
    [InlineData("plugin", "[\"x\"]")]
    [InlineData("share", "\"manual\"")]
    [InlineData("autoshare", "false")]
    [InlineData("autoupdate", "false")]
    [InlineData("disabled_providers", "[\"x\"]")]
    [InlineData("enabled_providers", "[\"x\"]")]
    [InlineData("model", "\"a/b\"")]
    [InlineData("small_model", "\"a/b\"")]
    [InlineData("default_agent", "\"x\"")]
    [InlineData("subagent_depth", "2")]
    [InlineData("username", "\"x\"")]
    [InlineData("provider", "{\"p\":{\"name\":\"x\"}}")]
    [InlineData("mcp", "{\"m\":{\"type\":\"local\"}}")]
    [InlineData("formatter", "{\"f\":{\"extensions\":[\"x\"]}}")]
    [InlineData("lsp", "{\"l\":{\"extensions\":[\"x\"]}}")]
    [InlineData("instructions", "[\"x\"]")]
    [InlineData("layout", "\"auto\"")]
    [InlineData("permission", "{\"bash\":\"ask\"}")]
    [InlineData("tools", "{\"bash\":true}")]
    [InlineData("attachment", "{\"x\":1}")]
    [InlineData("enterprise", "{\"url\":\"x\"}")]
    [InlineData("tool_output", "{\"max_lines\":1}")]
    [InlineData("compaction", "{\"auto\":true}")]
    [InlineData("experimental", "{\"x\":1}")]
    public void Clients_are_shown_the_keys_of_OpenCode(string key, string value)
    {
        // What the folding makes of other keys is looked at elsewhere.
        _sandbox.WriteProject($$$"""{"{{{key}}}":{{{value}}}}""");

        var shown = _sandbox.Load().Shared;

        Assert.Equal(key == "permission" ? """{"bash":"ask"}""" : value, shown[key]!.ToJsonString());
    }

    [Fact]
    public void What_is_always_there_is_there_without_a_file()
    {
        var shown = _sandbox.Load().Shared;

        Assert.Equal("""{"username":"tester","agent":{},"mode":{},"command":{},"plugin":[]}""", shown.ToJsonString());
    }

    [Theory]
    [InlineData("USER", "LOGNAME", "u")]
    [InlineData("", "LOGNAME", "l")]
    public void A_user_without_a_name_in_the_files_is_called_as_the_system_says(string first, string second, string name)
    {
        _sandbox.Variables.Remove("USER");
        if (first.Length > 0)
            _sandbox.Variables[first] = "u";
        _sandbox.Variables[second] = "l";

        Assert.Equal(name, _sandbox.Load().Username);
    }

    [Fact]
    public void Compaction_is_switched_off_by_variables()
    {
        _sandbox.WriteProject("""{"compaction":{"auto":true,"prune":true,"reserved":1}}""");
        Assert.Equal("""{"auto":true,"prune":true,"reserved":1}""", _sandbox.Load().Merged["compaction"]!.ToJsonString());

        _sandbox.Variables["OPENCODE_DISABLE_AUTOCOMPACT"] = "1";
        Assert.Equal("""{"auto":false,"prune":true,"reserved":1}""", _sandbox.Load().Merged["compaction"]!.ToJsonString());

        _sandbox.WriteProject("{}");
        _sandbox.Variables["OPENCODE_DISABLE_PRUNE"] = "true";
        Assert.Equal("""{"auto":false,"prune":false}""", _sandbox.Load().Merged["compaction"]!.ToJsonString());
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData("", false)]
    [InlineData("0", false)]
    [InlineData("yes", false)]
    public void A_switch_in_the_environment_is_1_or_true(string value, bool isOn)
    {
        _sandbox.Variables["OPENCODE_DISABLE_PROJECT_CONFIG"] = value;
        _sandbox.WriteProject("""{"model":"a/b"}""");

        Assert.Equal(isOn, _sandbox.Load().Model is null);
    }

    [Fact]
    public void A_share_that_is_written_out_is_not_replaced_by_the_older_key()
    {
        _sandbox.WriteProject("""{"autoshare":true,"share":"disabled"}""");
        Assert.Equal("disabled", (string?)_sandbox.Load().Merged["share"]);

        _sandbox.WriteProject("""{"autoshare":false}""");
        Assert.False(_sandbox.Load().Merged.ContainsKey("share"));
    }

    [Fact]
    public void What_no_file_sets_has_its_default()
    {
        var config = _sandbox.Load();

        Assert.Equal((2000, 50 * 1024), (config.ToolOutput.MaxLines, config.ToolOutput.MaxBytes));
        Assert.Equal((1, true), (config.SubagentDepth, config.Snapshot));
        Assert.Null(config.EnabledProviders);
        Assert.Empty(config.DisabledProviders);
    }

    [Fact]
    public void What_files_set_is_read()
    {
        _sandbox.WriteProject("""
            {"model":"a/b","small_model":"c/d","default_agent":"e","shell":"f","logLevel":"WARN","snapshot":false,"subagent_depth":3,
             "tool_output":{"max_lines":4,"max_bytes":5},"disabled_providers":["g"],"enabled_providers":["h"],"instructions":["i"],
             "mcp":{"j":{"type":"local"}},"command":{"k":{"template":"t"}}}
            """);

        var config = _sandbox.Load();

        Assert.Equal(("a/b", "c/d"), (config.Model?.ToString(), config.SmallModel?.ToString()));
        Assert.Equal(("e", "f", "WARN"), (config.DefaultAgent, config.Shell, config.LogLevel));
        Assert.Equal((false, 3, 4, 5), (config.Snapshot, config.SubagentDepth, config.ToolOutput.MaxLines, config.ToolOutput.MaxBytes));
        Assert.Equal(["g", "h", "i"], [.. config.DisabledProviders, .. config.EnabledProviders!, .. config.Instructions]);
        Assert.Equal(("j", "k"), (Assert.Single(config.Mcp).Key, Assert.Single(config.Commands).Key));
    }

    [Fact]
    public void What_an_agent_sets_beside_the_known_keys_goes_to_the_provider()
    {
        _sandbox.WriteProject("""
            {"agent":{"a":{"name":"n","model":"p/m","variant":"v","prompt":"p","description":"d","temperature":1,"top_p":1,"mode":"all","hidden":true,
              "color":"info","steps":1,"maxSteps":2,"options":{"x":1},"permission":"ask","disable":false,"tools":{"patch":true,"read":false},"own":[1],"none":5}}}
            """);

        var agent = _sandbox.Load().Agents["a"]!;

        Assert.Equal("""{"x":1,"own":[1],"none":5}""", agent["options"]!.ToJsonString());
        Assert.Equal("""{"edit":"allow","read":"deny","*":"ask"}""", agent["permission"]!.ToJsonString());
        Assert.Equal(1, (int)(long)agent["steps"]!);
    }

    [Fact]
    public void An_agent_of_an_older_mode_is_laid_over_the_agent_of_its_name()
    {
        _sandbox.WriteProject("""{"agent":{"a":{"prompt":"agent","color":"info"}},"mode":{"a":{"prompt":"mode","mode":"subagent"}}}""");

        var agent = _sandbox.Load().Agents["a"]!;

        Assert.Equal(("mode", "info", "primary"), ((string?)agent["prompt"], (string?)agent["color"], (string?)agent["mode"]));
    }

    [Fact]
    public void Markdown_agents_are_found_in_all_four_folders_the_first_two_however_deep()
    {
        _sandbox.Write("repo/.opencode/agent/deep/er/one.md", "one");
        _sandbox.Write("repo/.opencode/agents/two.md", "---\nmode: subagent\nname: own\n---\ntwo");
        _sandbox.Write("repo/.opencode/mode/three.md", "---\nmode: subagent\n---\nthree");
        _sandbox.Write("repo/.opencode/modes/four.md", "four");
        _sandbox.Write("repo/.opencode/modes/deep/five.md", "five");
        _sandbox.Write("repo/.opencode/agents/six.txt", "six");

        var agents = _sandbox.Load().Agents;

        Assert.Equal(
            [("deep/er/one", "deep/er/one", "one", null), ("two", "own", "two", "subagent"), ("three", "three", "three", "primary"), ("four", "four", "four", "primary")],
            agents.Select(static pair =>
                (pair.Key, (string?)pair.Value!["name"], (string?)pair.Value["prompt"], (string?)pair.Value["mode"])));
    }

    [Fact]
    public void The_places_follow_the_environment()
    {
        var paths = ConfigPaths.From(new ProcessEnvironment(new Dictionary<string, string> { ["HOME"] = "/h", ["TMPDIR"] = "/t" }));
        Assert.Equal(
            ("/h", "/h/.config/opencode", "/h/.local/share/capstan", "/h/.local/state/capstan", "/h/.cache/capstan", "/t/capstan"),
            (paths.Home, paths.Config, paths.Data, paths.State, paths.Cache, paths.Temporary));
        Assert.Equal("/etc/opencode", paths.Managed);
        Assert.Equal(
            ("/h/.local/share/capstan/tool-output", "/h/.local/share/capstan/log", "/h/.local/share/capstan/plans", "/h/.local/share/capstan/auth.json"),
            (paths.ToolOutput, paths.Log, paths.Plans, paths.AuthFile));

        var moved = ConfigPaths.From(new ProcessEnvironment(new Dictionary<string, string>
        {
            ["HOME"] = "/h",
            ["XDG_CONFIG_HOME"] = "/c",
            ["XDG_DATA_HOME"] = "/d",
            ["XDG_STATE_HOME"] = "/s",
            ["XDG_CACHE_HOME"] = "/k",
        }));
        Assert.Equal(("/c/opencode", "/d/capstan", "/s/capstan", "/k/capstan"), (moved.Config, moved.Data, moved.State, moved.Cache));
    }

    [Theory]
    [InlineData("~", "/h")]
    [InlineData("~/x", "/h/x")]
    [InlineData("~x/y", "~x/y")]
    [InlineData("x/~", "x/~")]
    [InlineData("", "")]
    public void A_tilde_at_the_beginning_is_the_home_directory(string path, string expanded) =>
        Assert.Equal(expanded, ConfigPaths.From(new ProcessEnvironment(new Dictionary<string, string> { ["HOME"] = "/h" })).ExpandHome(path));
}
