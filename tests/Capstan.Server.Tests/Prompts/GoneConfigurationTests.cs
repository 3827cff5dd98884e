using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Prompts;

/// <summary>R7: an agent or a model that is gone when a prompt's turn comes is said in the answer, and what waits behind it is answered.</summary>
public sealed class GoneConfigurationTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("agent", "Agent not found: \"rev\". It was there when the prompt was admitted.")]
    [InlineData("model", "Model not found: fake/second. It was there when the prompt was admitted.")]
    public async Task R7_A_prompt_whose_agent_or_model_is_gone_is_answered_with_that_and_the_next_one_is_answered(string what, string reason)
    {
        await using var server = await TestServer.StartAsync(
            new()
            {
                Model = new() { Scripts = [new("hang", [ModelStep.Say("words") with { Hang = ModelHang.Stream }]), new("end", [ModelStep.Say("done")])] },
                Workspace = new() { Configure = AddBoth },
            },
            Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(session, "[script:hang]", Cancelled);
        await events.UntilAsync("message.part.delta");

        var gone = Queue("[script:end] first");
        if (what == "agent")
            gone["agent"] = "rev";
        else
            gone["model"] = new JsonObject { ["providerID"] = "fake", ["modelID"] = "second" };
        await server.PromptWithoutWaitingAsync(session, gone, Cancelled);
        var next = Queue("[script:end] second");
        next["agent"] = "build";
        next["model"] = new JsonObject { ["providerID"] = "fake", ["modelID"] = "echo" };
        await server.PromptWithoutWaitingAsync(session, next, Cancelled);
        var configuration = JsonNode.Parse(server.Workspace.Read("opencode.json"))!.AsObject();
        configuration.Remove("agent");
        configuration["provider"]!["fake"]!["models"]!.AsObject().Remove("second");
        server.Workspace.Write("opencode.json", configuration.ToJsonString());
        await server.AbortAsync(session, Cancelled);
        await Conversation.UntilIdleAsync(server, events, Cancelled);

        var answers = Conversation.Answers(await server.MessagesAsync(session, Cancelled));
        Assert.Equal(["MessageAbortedError", "UnknownError", null], answers.Select(Conversation.Error));
        Assert.Equal(reason, Message(answers[1]));
        Assert.Equal("done", Conversation.Text(answers[2]));
        Conversation.RequireClosed(answers);
    }

    private static void AddBoth(JsonObject configuration)
    {
        configuration["agent"] = new JsonObject { ["rev"] = new JsonObject { ["prompt"] = "Review." } };
        configuration["provider"]!["fake"]!["models"]!["second"] = new JsonObject { ["name"] = "Second" };
    }

    private static JsonObject Queue(string text)
    {
        var prompt = ServerUnderTest.Prompt(text);
        prompt["delivery"] = "queue";
        return prompt;
    }

    private static string? Message(JsonElement answer) =>
        answer.GetProperty("info").GetProperty("error").GetProperty("data").GetProperty("message").GetString();
}
