using System.Text;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Storage;
using Capstan.Testing.Captures;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R7: every turn ends, with a terminal event, idle, and nothing left open.</summary>
public sealed class R7_EveryTurnEnds
{
    private static readonly Dictionary<string, ModelStep> Failures = new()
    {
        ["a page instead of a stream"] = new() { Garbage = ModelGarbage.Html },
        ["half a frame"] = ModelStep.Say("some words") with { Garbage = ModelGarbage.Json },
        ["a stream that breaks"] = ModelStep.Say("some words here") with { Cut = true },
        ["a refusal"] = new() { Http = 403 },
        ["an outage"] = new() { Http = 503 },
        ["an unknown status"] = new() { Http = 599 },
        ["an error in the stream"] = ModelStep.Say("some") with { Error = System.Text.Json.JsonElement.Parse("""{"message":"no more"}""") },
    };

    public static TheoryData<string> FailureNames => [.. Failures.Keys];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static TestServerOptions Quick { get; } = new()
    {
        Engine = static options => options with { Turns = new() { MaxRetries = 2, RetryDelay = TimeSpan.FromMilliseconds(1) } },
    };

    [Theory]
    [MemberData(nameof(FailureNames))]
    public async Task R7_A_turn_ends_although_its_model_fails_with(string failure)
    {
        await using var server = await TestServer.StartAsync(Quick, Cancelled);
        server.Model.Set("bad", Failures[failure]);

        await RequireEndsAsync(server, "[script:bad]");
    }

    [Fact]
    public async Task R7_A_turn_ends_although_its_model_is_not_there()
    {
        await using var server = await TestServer.StartAsync(
            Quick with
            {
                Workspace = new()
                {
                    Configure = static configuration =>
                        configuration["provider"]!["fake"]!["options"]!["baseURL"] = $"http://127.0.0.1:{FreePort.Find()}/v1",
                },
            },
            Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);

        var answer = await server.PromptAsync(session, "hello", Cancelled);

        Assert.Equal("APIError", Conversation.Error(answer));
        await events.UntilAsync("session.idle", session);
        Conversation.RequireClosed(await server.MessagesAsync(session, Cancelled));
    }

    [Theory]
    [InlineData(ModelHang.Connect)]
    [InlineData(ModelHang.Headers)]
    [InlineData(ModelHang.Stream)]
    public async Task R7_A_model_that_goes_silent_can_be_aborted(ModelHang hang)
    {
        await using var server = await TestServer.StartAsync(Quick, Cancelled);
        server.Model.Set("hang", ModelStep.Say("some words") with { Hang = hang });
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);

        var answer = server.PromptAsync(session, "[script:hang]", Cancelled);
        var call = await server.Model.CallAsync(cancellationToken: Cancelled);
        await server.AbortAsync(session, Cancelled);

        Assert.Equal("MessageAbortedError", Conversation.Error(await answer));
        Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
        await events.UntilAsync("session.idle", session);
        Assert.Empty(EventInvariants.Violations(events.Seen.Select(static seen => seen.Payload)));
        await call.ClientGone;
    }

    [Fact]
    public async Task R7_A_turn_that_was_killed_in_the_middle_of_its_answer_is_closed_and_answered_at_the_next_start()
    {
        var gate = new ModelGate(after: 2);
        await using var model = await ScriptedModel.StartAsync(
            new() { Default = ModelStep.Say("one two three") with { Gate = gate } }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using (var before = await server.OpenEventsAsync(Cancelled))
        {
            await server.PromptWithoutWaitingAsync(session, "count", Cancelled);
            await before.UntilAsync("message.part.delta");
        }

        await server.KillAsync(Cancelled);
        gate.Open();
        await server.StartAsync(Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await Conversation.UntilIdleAsync(server, events, Cancelled);

        var messages = await server.MessagesAsync(session, Cancelled);
        Conversation.RequireClosed(messages);
        Assert.Equal(["MessageAbortedError", null], Conversation.Answers(messages).Select(Conversation.Error));
        Assert.Equal("one two three", Conversation.Text(messages[^1]));
    }

    [Fact]
    public async Task R7_A_tool_that_was_killed_with_its_server_is_closed_and_the_model_is_told()
    {
        await using var model = await ScriptedModel.StartAsync(
            new()
            {
                Default = ModelStep.Say("I see"),
                // The tool waits for a file that only the second life of the server could find.
                Scripts = [new("wait", [ModelStep.Call("bash", """{"command":"echo begun; for i in $(seq 200); do test -e go && exit; sleep 0.05; done"}""")])],
            },
            Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, new() { Permission = """{"bash":"allow"}""" }, Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using (var before = await server.OpenEventsAsync(Cancelled))
        {
            await server.PromptWithoutWaitingAsync(session, "[script:wait]", Cancelled);
            await before.UntilAsync(static seen => seen.Data.Contains("\"output\":\"begun\\n\"", StringComparison.Ordinal));
        }

        await server.KillAsync(Cancelled);
        workspace.Write("go", "");
        await server.StartAsync(Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await Conversation.UntilIdleAsync(server, events, Cancelled);

        var messages = await server.MessagesAsync(session, Cancelled);
        Conversation.RequireClosed(messages);
        var tool = messages[1].GetProperty("parts").EnumerateArray().Single(static part => part.GetProperty("type").GetString() == "tool");
        Assert.Equal("error", tool.GetProperty("state").GetProperty("status").GetString());
        Assert.Equal("I see", Conversation.Text(messages[^1]));
        Assert.Contains("It had begun to take effect; whether it did is not known.", model.Turns[^1].Body.GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task R7_How_often_a_turn_is_resumed_is_its_workspaces_to_say(int maxResumptions)
    {
        await using var server = await StartHangingAsync(configuration =>
            configuration["capstan"] = JsonNode.Parse($$$"""{"turns":{"maxResumptions":{{{maxResumptions}}}}}"""));
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptWithoutWaitingAsync(session, "[script:hang]", Cancelled);
        for (var calls = 1; calls <= maxResumptions + 1; calls++)
        {
            var order = calls - 1;
            await server.Model.CallAsync(call => call.Order == order, Cancelled);
            await server.RestartAsync(Cancelled);
        }

        await using var events = await server.OpenEventsAsync(Cancelled);
        await Conversation.UntilIdleAsync(server, events, Cancelled);

        Assert.Equal(maxResumptions + 1, server.Model.Turns.Count);
        Conversation.RequireClosed(await server.MessagesAsync(session, Cancelled));
        var stored = await server.EventsAsync(Cancelled);
        var error = Encoding.UTF8.GetString(Assert.Single(stored, static e => e.Type == "session.error").Json);
        Assert.Contains($"stopped {maxResumptions + 1} times", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task R7_A_damaged_row_keeps_only_its_own_session_from_going_on()
    {
        await using var server = await StartHangingAsync(static _ => { });
        var damaged = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var sound = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptWithoutWaitingAsync(damaged, "[script:hang]", Cancelled);
        await server.Model.CallAsync(static call => call.Order == 0, Cancelled);
        await server.PromptWithoutWaitingAsync(sound, "[script:hang]", Cancelled);
        await server.Model.CallAsync(static call => call.Order == 1, Cancelled);
        var open = server.Engine.Options.OpenStore;

        await server.RestartAsync(async () =>
        {
            await using var store = open();
            // No event is written, so the lane does not matter.
            using var transaction = store.Lanes[0].Begin([damaged]);
            var message = Assert.Single(transaction.FindOpenMessages(damaged));
            transaction.UpdateMessage(damaged, message.ID, isOpen: true, "{"u8.ToArray());
            transaction.Commit();
        }, Cancelled);

        await server.Model.CallAsync(static call => call.Order == 2, Cancelled);
        await server.AbortAsync(sound, Cancelled);
        Conversation.RequireClosed(await server.MessagesAsync(sound, Cancelled));
        Assert.Contains(server.Warnings, warning => warning.Contains(damaged, StringComparison.Ordinal));
    }

    [Fact]
    public async Task R7_A_configuration_that_broke_with_the_server_does_not_keep_a_turn_from_its_end()
    {
        await using var server = await StartHangingAsync(static _ => { });
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptWithoutWaitingAsync(session, "[script:hang]", Cancelled);
        await server.Model.CallAsync(cancellationToken: Cancelled);

        var sound = server.Workspace.Read("opencode.json");
        server.Workspace.Write("opencode.json", "{ broken");
        await server.RestartAsync(Cancelled);
        await using var events = await server.OpenGlobalEventsAsync(Cancelled);
        await Conversation.UntilIdleAsync(server, events, Cancelled);

        server.Workspace.Write("opencode.json", sound);
        var messages = await server.MessagesAsync(session, Cancelled);
        Conversation.RequireClosed(messages);
        Assert.Equal(["MessageAbortedError", "UnknownError"], Conversation.Answers(messages).Select(Conversation.Error));
        Assert.Null(Conversation.Error(await server.PromptAsync(session, "[script:well]", Cancelled)));
    }

    [Fact]
    public async Task R7_A_turn_that_had_its_answer_ends_without_another_although_an_injection_came_before_the_crash()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var answer = await server.PromptAsync(session, "hello", Cancelled);
        for (var i = 0; i < 3; i++)
        {
            var injection = ServerUnderTest.Prompt($"by the way {i}");
            injection["noReply"] = true;
            await server.PromptAsync(session, injection, Cancelled);
        }

        var open = server.Engine.Options.OpenStore;
        var prompt = answer.GetProperty("info").GetProperty("parentID").GetString()!;
        await server.RestartAsync(() => LeaveUnendedAsync(open, session, prompt), Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await Conversation.UntilIdleAsync(server, events, Cancelled);

        Assert.Single(server.Model.Turns);
        Assert.Single(Conversation.Answers(await server.MessagesAsync(session, Cancelled)));
        Assert.Empty(await server.Engine.Store.ReadInboxAsync(session, Cancelled));
        await server.PromptAsync(session, "and now?", Cancelled);
        Assert.Contains("by the way 2", server.Model.Turns[^1].Body.GetRawText(), StringComparison.Ordinal);
    }

    private static async Task<TestServer> StartHangingAsync(Action<JsonObject> configure)
    {
        var server = await TestServer.StartAsync(new() { Workspace = new() { Configure = configure } }, Cancelled);
        server.Model.Set("hang", Enumerable.Repeat(ModelStep.Say("some words") with { Hang = ModelHang.Stream }, 8).ToList());
        server.Model.Set("well", ModelStep.Say("well again"));
        return server;
    }

    private static async Task RequireEndsAsync(TestServer server, string prompt)
    {
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);

        var answer = await server.PromptAsync(session, prompt, Cancelled);

        Assert.NotNull(Conversation.Error(answer));
        Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
        await events.UntilAsync("session.error", session);
        await events.UntilAsync("session.idle", session);
        Assert.Empty(EventInvariants.Violations(events.Seen.Select(static seen => seen.Payload)));
        Conversation.RequireClosed(await server.MessagesAsync(session, Cancelled));
        server.Model.Set("bad", ModelStep.Say("well again"));
        Assert.Null(Conversation.Error(await server.PromptAsync(session, "and now? [script:bad]", Cancelled)));
    }

    /// <summary>Puts a store in the state in which a crash leaves it between the answer to a prompt and the end of its turn.</summary>
    private static async Task LeaveUnendedAsync(Func<IStore> open, string sessionID, string messageID)
    {
        await using var store = open();
        // No event is written, so the lane does not matter.
        using var write = store.Lanes[0].Begin([sessionID]);
        var session = write.FindSession(sessionID)!;
        var message = write.FindMessage(messageID)!;
        write.AddInbox(new WorkRow(sessionID, messageID, WorkKind.Prompt, message.Position, Delivery.Steer));
        write.TakeInbox(sessionID, messageID, "trn_1");
        write.PutSession(session with { Status = SessionStatus.IsBusy });
        write.Commit();
    }
}
