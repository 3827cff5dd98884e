using System.Text.Json.Nodes;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Models;

/// <summary>What a model thought is for that model: another one is not sent it, whenever the change comes.</summary>
public sealed class ForeignReasoningTests
{
    private const string Read = """{"filePath":"hello.txt"}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_prompt_that_joins_a_turn_with_another_model_does_not_send_on_what_the_first_one_thought()
    {
        var gate = new ModelGate(after: 0);
        await using var server = await StartAsync(
            Think("first thought"), Think("second thought") with { Gate = gate }, ModelStep.Say("done"), ModelStep.Say("again"));
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var prompt = ServerUnderTest.Prompt("[script:s]", "msg_first");
        prompt["model"] = Model("think");
        await server.PromptWithoutWaitingAsync(session, prompt, Cancelled);
        await gate.Reached.WaitAsync(TimeSpan.FromSeconds(60), Cancelled);
        var joining = ServerUnderTest.Prompt("and with you", "msg_second");
        joining["model"] = Model("echo");
        await server.PromptWithoutWaitingAsync(session, joining, Cancelled);
        gate.Open();
        await Conversation.UntilIdleAsync(server, events, Cancelled);

        Assert.Equal(["think", "think", "echo"], server.Model.Turns.Select(static call => call.Body.GetProperty("model").GetString()));
        Assert.Contains("first thought", Body(server, 1), StringComparison.Ordinal);
        Assert.DoesNotContain("thought", Body(server, 2), StringComparison.Ordinal);
        Assert.Contains("line one", Body(server, 2), StringComparison.Ordinal);

        // Back with the first model, its own thoughts are there again.
        var back = ServerUnderTest.Prompt("and back");
        back["model"] = Model("think");
        await server.PromptAsync(session, back, Cancelled);
        Assert.Contains("first thought", Body(server, 3), StringComparison.Ordinal);
    }

    private static string Body(TestServer server, int call) => server.Model.Turns[call].Body.GetProperty("messages").GetRawText();

    private static ModelStep Think(string thought) => new() { Reason = thought, Tools = [ModelToolCall.Of("read", Read)] };

    private static JsonObject Model(string id) => new() { ["providerID"] = "fake", ["modelID"] = id };

    private static Task<TestServer> StartAsync(params IReadOnlyList<ModelStep> steps) => TestServer.StartAsync(
        new()
        {
            Model = new() { Scripts = [new("s", steps)] },
            Workspace = new()
            {
                Configure = static configuration =>
                {
                    foreach (var (_, model) in configuration["provider"]!["fake"]!["models"]!.AsObject())
                        model!["interleaved"] = new JsonObject { ["field"] = "reasoning_content" };
                },
            },
        },
        Cancelled);
}
