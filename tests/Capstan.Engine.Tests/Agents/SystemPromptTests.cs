using Capstan.Contract;
using Capstan.Engine.Agents;
using Capstan.Engine.Models;
using Xunit;

namespace Capstan.Engine.Tests.Agents;

public sealed class SystemPromptTests
{
    private static readonly ModelInfo Model = OfflineModel.Provider.Info.Models["echo"];
    private static readonly AgentInfo Agent = new() { Name = "build", Mode = "primary", Permission = [], Options = [] };

    [Fact]
    public void The_pieces_come_in_the_order_of_the_field()
    {
        var prompt = SystemPrompt.Compose(new SystemPromptParts
        {
            Agent = Agent with { Prompt = "own prompt" },
            Model = Model,
            Surroundings = new WorkspaceSurroundings("/w/sub", "/w", isGitRepository: true),
            Today = new DateOnly(2026, 3, 4),
            Instructions = [new Instruction("/w/AGENTS.md", "rules")],
            McpInstructions = ["server says"],
            Skills = "skills",
            OutputFormat = "format",
            System = "system",
        });
        string[] pieces =
        [
            "own prompt", "offline/echo", "/w/sub", "Git repository: yes", "2026-03-04", "Instructions from: /w/AGENTS.md\nrules",
            "server says", "skills", "format", "system",
        ];
        var places = pieces.Select(piece => prompt.IndexOf(piece, StringComparison.Ordinal)).ToArray();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
    }

    [Fact]
    public void An_agent_without_a_prompt_gets_the_general_one() =>
        Assert.StartsWith(PromptText.Base, SystemPrompt.Compose(new SystemPromptParts
        {
            Agent = Agent,
            Model = Model,
            Surroundings = new WorkspaceSurroundings("/w", "/", isGitRepository: false),
            Today = default,
        }), StringComparison.Ordinal);

    [Fact]
    public void Plan_mode_is_announced_while_it_lasts_and_when_it_ends()
    {
        Assert.NotNull(PlanReminder.For("plan", "build"));
        Assert.NotNull(PlanReminder.For("build", "plan"));
        Assert.Null(PlanReminder.For("build", "build"));
        Assert.Null(PlanReminder.For("build", null));
    }
}
