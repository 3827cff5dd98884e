using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Captures;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Faults;

/// <summary>Processes that are stopped, ended, or started twice.</summary>
public sealed class SignalTests
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_that_was_stopped_and_comes_back_goes_on()
    {
        var gate = new ModelGate(after: 2);
        await using var model = await ScriptedModel.StartAsync(
            new() { Default = ModelStep.Say("one two three four") with { Gate = gate } }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.PromptAsync(session, "count", Cancelled);
        await events.UntilAsync("message.part.delta");

        server.Send(ProcessSignal.Stop);
        // The rest of the answer, its end and a further prompt all reach a process that stands still.
        gate.Open();
        var call = await model.CallAsync(cancellationToken: Cancelled);
        await call.Ended.WaitAsync(SafetyNet, Cancelled);
        var next = server.PromptWithoutWaitingAsync(session, ServerUnderTest.Prompt("and on", "msg_next"), Cancelled);
        server.Send(ProcessSignal.Continue);

        Assert.Equal("one two three four", Conversation.Text(await answer));
        await next;
        await events.UntilAsync("session.idle", session);
        await Conversation.UntilIdleAsync(server, events, Cancelled);
        var messages = await server.MessagesAsync(session, Cancelled);
        Conversation.RequireClosed(messages);
        Conversation.RequireAnswered(messages, model);
        Assert.All(Conversation.Answers(messages), static message => Assert.Null(Conversation.Error(message)));
        Assert.Empty(EventInvariants.Violations(events.Seen.Select(static seen => seen.Payload)));
        Assert.Empty(EventIds.Gaps(events.Seen.Select(static seen => seen.Id).OfType<string>()));
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_is_refused_in_words()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => server.StartRivalAsync(Cancelled));

        var url = server.Address.GetLeftPart(UriPartial.Authority);
        Assert.Contains($"is in use by another Capstan server, which listens on {url}.", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("One server serves every directory", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("default reply", Conversation.Text(await server.PromptAsync(session, "still there?", Cancelled)));
    }

    [Fact]
    public async Task SIGTERM_lets_a_running_turn_end()
    {
        var gate = new ModelGate(after: 1);
        await using var model = await ScriptedModel.StartAsync(
            new() { Scripts = [new("slow", [ModelStep.Say("one two") with { Gate = gate }])] }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, new() { Configure = Drain(60_000) }, Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var running = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var waiting = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(running, "[script:slow]", Cancelled);
        await events.UntilAsync("message.part.delta", running);
        using var late = await LatePrompt.BeginAsync(server, waiting, "msg_late");

        server.Send(ProcessSignal.Terminate);
        // The end of the streams is the sign that no further turn begins.
        await events.ToEndAsync();
        Assert.Contains(" 204 ", await late.EndAsync(), StringComparison.Ordinal);
        gate.Open();

        Assert.Equal(0, await server.EndedAsync(Cancelled));
        Assert.Single(model.Turns);
        await server.StartAsync(Cancelled);
        await using var after = await server.OpenEventsAsync(Cancelled);
        await Conversation.UntilIdleAsync(server, after, Cancelled);
        var ended = Assert.Single(Conversation.Answers(await server.MessagesAsync(running, Cancelled)));
        Assert.Null(Conversation.Error(ended));
        Assert.Equal("one two", Conversation.Text(ended));
        var messages = await server.MessagesAsync(waiting, Cancelled);
        Assert.Equal(["msg_late"], Conversation.Prompts(messages));
        Assert.Equal("default reply", Conversation.Text(messages[^1]));
        Assert.Equal(2, model.Turns.Count);
    }

    [Fact]
    public async Task SIGTERM_leaves_a_turn_that_takes_too_long_to_the_next_start()
    {
        var gate = new ModelGate(after: 1);
        await using var model = await ScriptedModel.StartAsync(
            new() { Default = ModelStep.Say("one two") with { Gate = gate } }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, new() { Configure = Drain(100) }, Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(session, ServerUnderTest.Prompt("count", "msg_slow"), Cancelled);
        await events.UntilAsync("message.part.delta", session);

        server.Send(ProcessSignal.Terminate);

        Assert.Equal(0, await server.EndedAsync(Cancelled));
        RequireWords(server);
        gate.Open();
        await server.StartAsync(Cancelled);
        await using var after = await server.OpenEventsAsync(Cancelled);
        await Conversation.UntilIdleAsync(server, after, Cancelled);
        var messages = await server.MessagesAsync(session, Cancelled);
        Assert.Equal(["msg_slow"], Conversation.Prompts(messages));
        Conversation.RequireClosed(messages);
        Assert.Equal("one two", Conversation.Text(messages[^1]));
        Assert.Null(Conversation.Error(messages[^1]));
    }

    [Fact]
    public async Task SIGTERM_leaves_no_command_behind_not_even_one_that_does_not_listen()
    {
        await using var model = await ScriptedModel.StartAsync(
            new()
            {
                Default = ModelStep.Say("I see"),
                Scripts = [new("deaf", [ModelStep.Call("bash", """{"command":"trap '' TERM; setsid sleep 300 & echo begun; sleep 300"}""")])],
            },
            Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(
            model.Url, new() { Permission = """{"bash":"allow"}""", Configure = Drain(100) }, Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(session, "[script:deaf]", Cancelled);
        await events.UntilAsync(static seen => seen.Data.Contains("\"output\":\"begun\\n\"", StringComparison.Ordinal));
        Assert.NotEmpty(ProcessFacts.OfCalls(workspace.Directory));

        server.Send(ProcessSignal.Terminate);

        Assert.Equal(0, await server.EndedAsync(Cancelled));
        RequireWords(server);
        Assert.Empty(ProcessFacts.OfCalls(workspace.Directory));
        await server.StartAsync(Cancelled);
        await using var after = await server.OpenEventsAsync(Cancelled);
        await Conversation.UntilIdleAsync(server, after, Cancelled);
        var messages = await server.MessagesAsync(session, Cancelled);
        Conversation.RequireClosed(messages);
        Assert.Equal("I see", Conversation.Text(messages[^1]));
        Assert.Contains("whether it did is not known", model.Turns[^1].Body.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGTERM_does_not_wait_for_a_turn_that_waits_for_a_person()
    {
        await using var model = await ScriptedModel.StartAsync(
            new() { Scripts = [new("asks", [ModelStep.Call("bash", """{"command":"echo ran"}"""), ModelStep.Say("done")])] }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(
            model.Url, new() { Permission = """{"bash":"ask"}""", Configure = Drain(600_000) }, Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        // Neither for the turn nor for the request that waits for its end.
        var answer = server.AskAsync(
            HttpMethod.Post, $"/session/{session}/message", ServerUnderTest.Prompt("[script:asks]").ToJsonString(), Cancelled);
        var asked = await events.UntilAsync("permission.asked", session);
        var waits = (await server.StatusAsync(Cancelled)).GetProperty(session).GetProperty("waitsFor");

        server.Send(ProcessSignal.Terminate);

        Assert.Equal(0, await server.EndedAsync(Cancelled));
        var body = (await answer.WaitAsync(SafetyNet, Cancelled)).Body;
        // The second where the answer had begun: a blank now and then keeps its connection.
        Assert.True(body.Contains("the prompt stays in the store", StringComparison.Ordinal) || body.Trim() == "null", body);
        Assert.Equal("permission", waits[0].GetProperty("kind").GetString());
        await server.StartAsync(Cancelled);
        await using var after = await server.OpenEventsAsync(Cancelled);
        var request = Assert.Single(await server.PermissionsAsync(Cancelled)).GetProperty("id").GetString()!;
        Assert.Contains(request, asked.Data, StringComparison.Ordinal);
        await server.ReplyAsync(request, "once", cancellationToken: Cancelled);
        await Conversation.UntilIdleAsync(server, after, Cancelled);
        Assert.Equal("done", Conversation.Text((await server.MessagesAsync(session, Cancelled))[^1]));
    }

    [Fact]
    public async Task A_second_SIGTERM_ends_at_once()
    {
        await using var model = await ScriptedModel.StartAsync(
            new() { Default = ModelStep.Say("one two") with { Hang = ModelHang.Stream } }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, new() { Configure = Drain(600_000) }, Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var answer = server.AskAsync(
            HttpMethod.Post, $"/session/{session}/message", ServerUnderTest.Prompt("go", "msg_go").ToJsonString(), Cancelled);
        await events.UntilAsync("message.part.delta", session);

        server.Send(ProcessSignal.Terminate);
        // The end of the streams is the sign that the first was heard; a turn runs, so the server does not end.
        await events.ToEndAsync();
        server.Send(ProcessSignal.Terminate);

        Assert.Equal(0, await server.EndedAsync(Cancelled));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer.WaitAsync(SafetyNet, Cancelled));
        RequireWords(server);
        await server.StartAsync(Cancelled);
        Assert.Equal(["msg_go"], Conversation.Prompts(await server.MessagesAsync(session, Cancelled)));
    }

    [Fact]
    public async Task R13_A_command_that_ends_with_its_server_is_no_error_in_the_log()
    {
        await using var model = await ScriptedModel.StartAsync(
            new() { Scripts = [new("runs", [ModelStep.Call("bash", """{"command":"echo begun; sleep 300"}""")])] }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(
            model.Url, new() { Permission = """{"bash":"allow"}""", Configure = Drain(600_000) }, Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(session, "[script:runs]", Cancelled);
        await events.UntilAsync(static seen => seen.Data.Contains("\"output\":\"begun\\n\"", StringComparison.Ordinal));

        server.Send(ProcessSignal.Terminate);
        await events.ToEndAsync();
        server.Send(ProcessSignal.Terminate);

        Assert.Equal(0, await server.EndedAsync(Cancelled));
        RequireWords(server);
        Assert.Contains("was left for the next start (the server stopped first)", server.ReadLog(), StringComparison.Ordinal);
    }

    /// <summary>R13: an operator who stops the server has made no error, and meets neither a stack trace nor the name of a type.</summary>
    private static void RequireWords(CapstanProcess server)
    {
        var log = server.ReadLog();
        Assert.Contains("Stopped.", log, StringComparison.Ordinal);
        foreach (var word in (string[])[" ERROR ", "Exception", "   at "])
            Assert.DoesNotContain(word, log, StringComparison.Ordinal);
    }

    private static Action<JsonObject> Drain(int milliseconds) => configuration =>
        configuration["capstan"] = new JsonObject { ["server"] = new JsonObject { ["drain"] = milliseconds } };

    /// <summary>A prompt whose request has begun, and whose body comes when the test says so.</summary>
    private sealed class LatePrompt(Socket socket, byte[] body) : IDisposable
    {
        public static async Task<LatePrompt> BeginAsync(CapstanProcess server, string session, string messageID)
        {
            var body = Encoding.UTF8.GetBytes(ServerUnderTest.Prompt("late", messageID).ToJsonString());
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server.Address.Host, server.Address.Port, Cancelled);
            var prompt = new LatePrompt(socket, body);
            await socket.SendAsync(
                Encoding.ASCII.GetBytes(
                    $"POST /session/{session}/prompt_async HTTP/1.1\r\nHost: {server.Address.Authority}\r\nConnection: close\r\n"
                    + $"x-opencode-directory: {Uri.EscapeDataString(server.Directory)}\r\n"
                    + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\n\r\n"),
                Cancelled);
            // Sent when the server begins to read the body.
            Assert.Contains(" 100 ", await prompt.ReadAsync(), StringComparison.Ordinal);
            return prompt;
        }

        public async Task<string> EndAsync()
        {
            await socket.SendAsync(body, Cancelled);
            return await ReadAsync();
        }

        public void Dispose() => socket.Dispose();

        private async Task<string> ReadAsync()
        {
            var buffer = new byte[4096];
            return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer, Cancelled).AsTask().WaitAsync(SafetyNet, Cancelled));
        }
    }
}
