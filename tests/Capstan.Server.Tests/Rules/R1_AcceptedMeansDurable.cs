using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R1: what was acknowledged is stored, and kill -9 at any later instant loses none of it.</summary>
public sealed class R1_AcceptedMeansDurable
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R1_A_prompt_that_was_acknowledged_survives_kill_9()
    {
        var gate = new ModelGate();
        await using var model = await ScriptedModel.StartAsync(new() { Default = ModelStep.Say("answered") with { Gate = gate } }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var sessions = new List<string>();
        for (var i = 0; i < 4; i++)
            sessions.Add(await server.CreateSessionAsync(cancellationToken: Cancelled));

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
            server.PromptWithoutWaitingAsync(sessions[i % sessions.Count], ServerUnderTest.Prompt($"prompt {i}", $"msg_{i:00}"), Cancelled)));
        await server.KillAsync(Cancelled);
        await server.StartAsync(Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        gate.Open();
        await Conversation.UntilIdleAsync(server, events, Cancelled);

        var stored = new List<string>();
        foreach (var session in sessions)
        {
            var messages = await server.MessagesAsync(session, Cancelled);
            stored.AddRange(Conversation.Prompts(messages));
            Conversation.RequireClosed(messages);
            Conversation.RequireAnswered(messages, model);
            Assert.Equal("answered", Conversation.Text(messages[^1]));
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"msg_{i:00}"), stored.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task R1_An_injection_that_was_acknowledged_survives_kill_9_and_starts_no_turn()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var injection = ServerUnderTest.Prompt("remember this");
        injection["noReply"] = true;

        await server.PromptAsync(session, injection, Cancelled);
        await server.KillAsync(Cancelled);
        await server.StartAsync(Cancelled);

        var message = Assert.Single(await server.MessagesAsync(session, Cancelled));
        Assert.Equal("remember this", Conversation.Text(message));
        Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
        await server.PromptAsync(session, "and?", Cancelled);
        Assert.Contains("remember this", Assert.Single(model.Turns).Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task R1_An_abort_that_was_acknowledged_is_not_undone_by_kill_9()
    {
        await using var model = await ScriptedModel.StartAsync(
            new() { Default = ModelStep.Say("some words") with { Hang = ModelHang.Stream } }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptWithoutWaitingAsync(session, "hello", Cancelled);
        await model.CallAsync(cancellationToken: Cancelled);

        await server.AbortAsync(session, Cancelled);
        await server.KillAsync(Cancelled);
        await server.StartAsync(Cancelled);

        var messages = await server.MessagesAsync(session, Cancelled);
        Assert.Equal("MessageAbortedError", Conversation.Error(messages[^1]));
        Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
        Assert.Single(model.Turns);
    }
}
