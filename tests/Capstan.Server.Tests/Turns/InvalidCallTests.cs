using System.Text.Json;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Turns;

/// <summary>A call that no tool can answer is told to the model, and runs nothing.</summary>
public sealed class InvalidCallTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("bash", "\"{\\\"command\\\":\\\"touch made\"", "The arguments are not valid JSON")]
    [InlineData("bash", "\"[1]\"", "The arguments are not valid JSON")]
    [InlineData("no_such_tool", "{}", "Model tried to call unavailable tool 'no_such_tool'.")]
    public async Task A_call_that_cannot_be_run_is_shown_as_invalid_and_the_model_is_told_why(string tool, string arguments, string reason)
    {
        await using var server = await TestServer.StartAsync(
            new()
            {
                Model = new() { Scripts = [new("s", [new ModelStep { Tools = [ModelToolCall.Of(tool, arguments, "call_1")] }, ModelStep.Say("I see")])] },
                Workspace = new() { Permission = "\"allow\"" },
            },
            Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptAsync(session, "[script:s]", Cancelled);

        var answers = Conversation.Answers(await server.MessagesAsync(session, Cancelled));
        var part = answers[0].GetProperty("parts").EnumerateArray().Single(static part => part.GetProperty("type").GetString() == "tool");
        Assert.Equal("invalid", part.GetProperty("tool").GetString());
        Assert.Equal("completed", part.GetProperty("state").GetProperty("status").GetString());
        Assert.Contains(reason, part.GetProperty("state").GetProperty("output").GetString(), StringComparison.Ordinal);
        var told = server.Model.Turns[1].Body.GetProperty("messages").EnumerateArray().Single(IsResult).GetProperty("content").GetString();
        Assert.Contains(reason, told, StringComparison.Ordinal);
        Assert.Equal("I see", Conversation.Text(answers[1]));
        Assert.False(File.Exists(server.Workspace.PathOf("made")));

        static bool IsResult(JsonElement message) => message.GetProperty("role").GetString() == "tool";
    }
}
