using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Permissions;

/// <summary>The switches <c>tools</c> of a prompt: what the model is offered, what of it runs, and how long that holds.</summary>
public sealed class PromptToolsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R10_A_tool_that_the_prompt_switches_off_is_not_offered_and_does_not_run()
    {
        await using var run = await PermissionServer.StartAsync("""{"bash":"allow"}""");
        run.Server.Model.Set("touch", ModelStep.Call("bash", """{"command":"touch made"}"""), ModelStep.Say("done"));

        var answer = await run.Server.PromptAsync(run.Session, Prompt("[script:touch]", """{"bash":false,"read":true}"""), Cancelled);

        Assert.Equal("done", Conversation.Text(answer));
        Assert.False(run.Exists("made"));
        foreach (var call in run.Server.Model.Turns)
        {
            Assert.DoesNotContain("bash", Offered(call));
            Assert.Contains("read", Offered(call));
            Assert.Contains("write", Offered(call));
        }
    }

    [Fact]
    public async Task R10_A_tool_that_the_prompt_switches_on_runs_without_a_question()
    {
        await using var run = await PermissionServer.StartAsync("""{"bash":"deny"}""");
        run.Server.Model.Set("touch", ModelStep.Call("bash", """{"command":"touch made"}"""), ModelStep.Say("done"));

        await run.Server.PromptAsync(run.Session, Prompt("[script:touch]", """{"bash":true}"""), Cancelled);

        Assert.True(run.Exists("made"));
        Assert.Contains("bash", Offered(run.Server.Model.Turns[0]));
        Assert.Equal(0, await run.CountAskedAsync());
    }

    [Fact]
    public async Task The_switches_take_the_place_of_the_sessions_rules_and_a_prompt_without_any_leaves_them()
    {
        await using var run = await PermissionServer.StartAsync(
            """{"bash":"allow"}""", """{"title":"a test","permission":[{"permission":"edit","pattern":"*","action":"deny"}]}""");
        await run.Server.PromptAsync(run.Session, ServerUnderTest.Prompt("one"), Cancelled);
        Assert.DoesNotContain("write", Offered(run.Server.Model.Turns[^1]));

        await run.Server.PromptAsync(run.Session, Prompt("two", """{"bash":false,"glob":true}"""), Cancelled);
        var rules = (await run.Server.GetAsync($"/session/{run.Session}", Cancelled)).GetProperty("permission").GetRawText();
        Assert.Equal(
            """[{"permission":"bash","pattern":"*","action":"deny"},{"permission":"glob","pattern":"*","action":"allow"}]""", rules);
        Assert.Contains("write", Offered(run.Server.Model.Turns[^1]));

        await run.Server.PromptAsync(run.Session, ServerUnderTest.Prompt("three"), Cancelled);
        Assert.Equal(rules, (await run.Server.GetAsync($"/session/{run.Session}", Cancelled)).GetProperty("permission").GetRawText());
        Assert.DoesNotContain("bash", Offered(run.Server.Model.Turns[^1]));
    }

    private static JsonObject Prompt(string text, string tools)
    {
        var prompt = ServerUnderTest.Prompt(text);
        prompt["tools"] = JsonNode.Parse(tools);
        return prompt;
    }

    private static IReadOnlyList<string?> Offered(ModelCall call) =>
        [.. call.Body.GetProperty("tools").EnumerateArray().Select(static tool => tool.GetProperty("function").GetProperty("name").GetString())];
}
