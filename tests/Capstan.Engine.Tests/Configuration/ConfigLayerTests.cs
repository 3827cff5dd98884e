using System.Text.Json.Nodes;
using Xunit;

namespace Capstan.Engine.Tests.Configuration;

public sealed class ConfigLayerTests : IDisposable
{
    private readonly ConfigSandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void Later_layers_win_in_the_order_of_OpenCode()
    {
        // Each layer sets its own number and all that come after it, so that the last to set a key shows in it.
        string[] files =
        [
            Path.Combine(sandbox.Global, "config.json"),
            Path.Combine(sandbox.Global, "opencode.json"),
            Path.Combine(sandbox.Global, "opencode.jsonc"),
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
        sandbox.Variables["OPENCODE_CONFIG"] = Path.Combine(sandbox.Root, "named.json");
        sandbox.Variables["OPENCODE_CONFIG_DIR"] = Path.Combine(sandbox.Root, "extra");
        for (var i = 0; i < files.Length; i++)
        {
            var models = string.Join(',', Enumerable.Range(i, files.Length - i).Select(n => $"\"k{n:00}\":{{\"name\":\"{i}\"}}"));
            var text = $"{{\"provider\":{{\"p\":{{\"models\":{{{models}}}}}}}}}";
            if (files[i] == "OPENCODE_CONFIG_CONTENT")
                sandbox.Variables[files[i]] = text;
            else
                sandbox.Write(files[i], text);
        }

        var merged = (JsonObject)sandbox.Load().Providers["p"]!["models"]!;

        Assert.Equal(
            Enumerable.Range(0, files.Length).Select(n => n.ToString()),
            merged.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (string)pair.Value!["name"]!));
    }

    [Fact]
    public void Instructions_of_all_layers_add_up_without_repetition()
    {
        sandbox.WriteGlobal("""{"instructions":["G.md"]}""");
        sandbox.WriteProject("""{"instructions":["P.md","G.md"]}""");
        Assert.Equal(["G.md", "P.md"], sandbox.Load().Instructions);
    }

    [Fact]
    public void Project_files_can_be_switched_off()
    {
        sandbox.WriteProject("""{"model":"a/b"}""");
        sandbox.Variables["OPENCODE_DISABLE_PROJECT_CONFIG"] = "1";
        Assert.Null(sandbox.Load().Model);
    }

    [Fact]
    public void Tool_switches_become_permissions_below_those_written_out()
    {
        sandbox.WriteGlobal("""{"permission":"ask"}""");
        sandbox.WriteProject("""{"tools":{"write":false,"webfetch":true},"permission":{"bash":{"git *":"allow"},"edit":"allow"}}""");
        sandbox.Variables["OPENCODE_PERMISSION"] = """{"lsp":"deny"}""";
        Assert.Equal(
            """{"edit":"allow","webfetch":"allow","*":"ask","bash":{"git *":"allow"},"lsp":"deny"}""",
            sandbox.Load().Permission.ToJsonString());
    }

    [Fact]
    public void Older_keys_are_folded_into_the_newer()
    {
        sandbox.WriteProject("""{"autoshare":true,"mode":{"careful":{"prompt":"p"}},"agent":{"x":{"maxSteps":3,"foo":1,"options":{"z":1}}}}""");
        var config = sandbox.Load();
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
        var file = sandbox.WriteProject(Text);
        Assert.Equal("a/c", sandbox.Load().Model?.ToString());
        Assert.Equal(Text, File.ReadAllText(file));
    }

    [Fact]
    public void Keys_and_Capstans_own_section_are_not_shown_to_clients()
    {
        sandbox.WriteProject("""
            {"capstan":{"turns":{"maxRetries":1}},"unknown":2,"provider":{"p":{"options":{"apiKey":"s3cret","baseURL":"http://x","headers":{"Authorization":"s3cret"}}}},
             "mcp":{"m":{"type":"remote","url":"http://y","headers":{"X-Api-Key":"s3cret"}}}}
            """);
        var config = sandbox.Load();
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
        sandbox.WriteProject("{}");
        var config = sandbox.Load();
        Assert.False(config.IsStale());
        sandbox.Write("repo/sub/opencode.jsonc", "{}");
        Assert.True(config.IsStale());

        config = sandbox.Load();
        sandbox.Write("repo/.opencode/agents/new.md", "hello");
        Assert.True(config.IsStale());

        config = sandbox.Load();
        sandbox.WriteProject("""{"model":"a/b"}""");
        Assert.True(config.IsStale());
    }
}
