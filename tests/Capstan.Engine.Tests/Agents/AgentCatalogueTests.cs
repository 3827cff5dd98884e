using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Agents;
using Capstan.Engine.Tests.Configuration;
using Xunit;

namespace Capstan.Engine.Tests.Agents;

public sealed class AgentCatalogueTests : IDisposable
{
    private readonly ConfigSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Built_in_agents_are_those_of_OpenCode_rule_for_rule()
    {
        _sandbox.WriteProject("""{"permission":{"bash":"ask"}}""");
        var paths = _sandbox.Paths;
        using var resource = typeof(AgentCatalogueTests).Assembly.GetManifestResourceStream("agents.jsonl")!;
        var text = new StreamReader(resource).ReadToEnd()
            .Replace("<relative path to $DATA>", Path.GetRelativePath(_sandbox.Worktree, paths.Data), StringComparison.Ordinal)
            .Replace("$DATA", paths.Data, StringComparison.Ordinal)
            .Replace("$TMP/opencode", paths.Temporary, StringComparison.Ordinal);
        var expected = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line =>
        {
            var agent = (JsonObject)JsonNode.Parse(line)!;
            agent.Remove("kind");
            return agent;
        });

        var actual = Build().All.Select(agent => (JsonObject)JsonSerializer.SerializeToNode(
            agent with { Description = null, Prompt = null }, WireJson.Wire.AgentInfo)!);

        Assert.Equal(expected.Select(Sorted), actual.Select(Sorted));
    }

    [Fact]
    public void Agents_of_the_configuration_change_the_built_in_ones_and_add_others()
    {
        _sandbox.WriteProject("""
            {"agent":{"build":{"temperature":0.3,"permission":{"edit":"deny"}},"general":{"disable":true},
              "rev":{"description":"d","prompt":"p","model":"a/b","variant":"high","color":"#aabbcc","top_p":0.5,"steps":4,"x":1,"tools":{"write":false}}}}
            """);
        var agents = Build();
        Assert.Equal(["build", "compaction", "explore", "plan", "rev", "summary", "title"], agents.All.Select(agent => agent.Name));
        Assert.Equal(0.3, agents.Find("build")!.Temperature);
        Assert.Contains(new PermissionRule("edit", "*", PermissionAction.Deny), agents.Find("build")!.Permission);
        var rev = agents.Find("rev")!;
        Assert.Equal(("all", false, "d", "p", "a/b", "high", "#aabbcc", 0.5, 4), (rev.Mode, rev.Native, rev.Description, rev.Prompt, rev.Model!.ToString(), rev.Variant, rev.Color, rev.TopP, rev.Steps));
        Assert.Equal("""{"x":1}""", rev.Options.ToJsonString());
        Assert.Equal(new PermissionRule("edit", "*", PermissionAction.Deny), rev.Permission[^2]);
        Assert.Equal("build", agents.Default!.Name);
    }

    [Fact]
    public void What_is_written_of_a_built_in_agent_takes_the_place_of_what_it_has()
    {
        _sandbox.WriteProject("""
            {"agent":{"title":{"name":"headline","description":"d","mode":"all","hidden":false,"temperature":0.1,"top_p":0.2,"color":"#aabbcc",
              "model":"a/b","variant":"v","prompt":"p","steps":3,"options":{"x":1}}}}
            """);
        var title = Build().All.Single(static agent => agent.Name == "headline");
        Assert.Equal(
            ("d", "all", false, 0.1, 0.2, "#aabbcc", "a/b", "v", "p", 3, true),
            (title.Description, title.Mode, title.Hidden, title.Temperature, title.TopP, title.Color, title.Model!.ToString(), title.Variant, title.Prompt, title.Steps, title.Native));
        Assert.Equal("""{"x":1}""", title.Options.ToJsonString());
    }

    [Fact]
    public void What_is_not_written_of_a_built_in_agent_stays()
    {
        var before = Build();
        _sandbox.WriteProject("""{"agent":{"title":{"color":"#aabbcc"},"explore":{"color":"#aabbcc"}}}""");
        foreach (var name in (string[])["title", "explore"])
        {
            var (was, now) = (before.Find(name)!, Build().Find(name)!);
            Assert.Equal(
                (was.Name, was.Description, was.Mode, was.Hidden, was.Temperature, was.Prompt, "#aabbcc"),
                (now.Name, now.Description, now.Mode, now.Hidden, now.Temperature, now.Prompt, now.Color));
        }

        Assert.NotNull(before.Find("explore")!.Description);
        Assert.True(before.Find("title")!.Hidden);
        Assert.NotNull(before.Find("title")!.Temperature);
    }

    [Fact]
    public void What_clients_are_shown_are_the_options_that_were_written()
    {
        _sandbox.WriteProject("""{"agent":{"build":{"options":{"x":1},"y":2}}}""");
        var agents = Build();
        Assert.Equal("""{"x":1,"y":2}""", agents.Find("build")!.Options.ToJsonString());
        Assert.Equal("""{"x":1,"y":2}""", agents.Shown.Single(static agent => agent.Name == "build").Options.ToJsonString());
    }

    [Fact]
    public void Further_directories_may_be_read_without_being_asked()
    {
        var agents = AgentCatalogue.Build(_sandbox.Load(), _sandbox.Paths, _sandbox.Worktree, ["/skills"]);
        var rule = new PermissionRule("external_directory", "/skills/*", PermissionAction.Allow);
        Assert.Contains(rule, agents.Find("build")!.Permission);
        Assert.Contains(rule, agents.Find("explore")!.Permission);
        Assert.DoesNotContain(rule, Build().Find("build")!.Permission);
    }

    [Fact]
    public void Markdown_makes_agents_whose_names_follow_the_folders()
    {
        _sandbox.Write("repo/.opencode/agent/nest/deep.md", "---\ndescription: Deep\nmode: subagent\nweird: 7\npermission:\n  bash:\n    \"rm *\": deny\n---\n\nDo deep things.\n");
        _sandbox.Write("home/.config/opencode/agents/plain.md", "just a body");
        _sandbox.Write("repo/sub/.opencode/modes/planner.md", "---\ndescription: m\n---\nplan");
        _sandbox.Write("repo/sub/.opencode/modes/deeper/ignored.md", "x");
        var agents = Build();
        var deep = agents.Find("nest/deep")!;
        Assert.Equal(("subagent", "Do deep things.", """{"weird":7}"""), (deep.Mode, deep.Prompt, deep.Options.ToJsonString()));
        Assert.Contains(new PermissionRule("bash", "rm *", PermissionAction.Deny), deep.Permission);
        Assert.Equal(("all", "just a body"), (agents.Find("plain")!.Mode, agents.Find("plain")!.Prompt));
        Assert.Equal("primary", agents.Find("planner")!.Mode);
        Assert.Null(agents.Find("deeper/ignored"));
    }

    [Fact]
    public void Linked_definitions_are_read_and_loops_of_links_end()
    {
        var elsewhere = _sandbox.Write("elsewhere/team/shared.md", "shared body");
        _sandbox.Write("repo/.opencode/agent/own.md", "own body");
        var folder = Path.Combine(_sandbox.Worktree, ".opencode", "agent");
        Directory.CreateSymbolicLink(Path.Combine(folder, "linked"), Path.GetDirectoryName(elsewhere)!);
        Directory.CreateSymbolicLink(Path.Combine(folder, "loop"), folder);
        File.CreateSymbolicLink(Path.Combine(folder, "dangling.md"), Path.Combine(_sandbox.Root, "nowhere.md"));
        var own = Build().All.Where(agent => agent.Native == false).Select(agent => agent.Name);
        Assert.Equal(["linked/shared", "own"], own);
    }

    [Theory]
    [InlineData("general", "subagent")]
    [InlineData("title", "hidden")]
    [InlineData("nobody", "does not exist")]
    public void A_default_agent_that_cannot_serve_is_a_problem_in_words(string name, string reason)
    {
        _sandbox.WriteProject($$"""{"default_agent":"{{name}}"}""");
        var agents = Build();
        Assert.Null(agents.Default);
        Assert.Contains(reason, agents.DefaultProblem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_default_agent_comes_first_and_without_build_the_first_primary_one_serves()
    {
        _sandbox.WriteProject("""{"default_agent":"plan"}""");
        Assert.Equal("plan", Build().All[0].Name);
        _sandbox.WriteProject("""{"agent":{"build":{"disable":true},"a":{"mode":"primary"}}}""");
        Assert.Equal("plan", Build().Default!.Name);
    }

    [Fact]
    public void Tool_output_stays_readable_unless_just_that_is_denied()
    {
        var rule = new PermissionRule("external_directory", _sandbox.Paths.ToolOutput + "/*", PermissionAction.Deny);
        _sandbox.WriteProject("""{"permission":{"external_directory":"deny"}}""");
        Assert.Equal(rule with { Action = PermissionAction.Allow }, Build().Default!.Permission[^1]);
        _sandbox.WriteProject($$"""{"permission":{"external_directory":{"{{rule.Pattern}}":"deny"} } }""");
        Assert.Equal(rule, Build().Default!.Permission[^1]);
    }

    private AgentCatalogue Build() => AgentCatalogue.Build(_sandbox.Load(), _sandbox.Paths, _sandbox.Worktree);

    private static string Sorted(JsonObject agent) =>
        new JsonObject(agent.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))).ToJsonString();
}
