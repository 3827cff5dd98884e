using System.Text;
using Capstan.Contract;
using Capstan.Engine.Admission;
using Capstan.Engine.Storage;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Engine.Tests.Turns;

/// <summary>Work of a kind that nothing else knows: the same gate, inbox and turns carry it.</summary>
public sealed class WorkKindTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_new_kind_of_work_is_admitted_taken_up_and_carried_out_like_a_prompt()
    {
        await using var server = await StartAsync(new NoteExecutor());
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        var accepted = Assert.IsType<AdmissionResult.Accepted>(await AdmitAsync(server, session, "msg_1", "remember this"));
        var answer = await accepted.TurnEnded!;

        var message = await server.Engine.Store.FindMessageAsync(session, answer.MessageID!, Cancelled);
        Assert.Equal("remember this", Assert.IsType<TextPart>(Assert.Single(message!.ReadParts())).Text);
        Assert.Equal("msg_1", Assert.IsType<AssistantMessage>(message.ReadInfo()).ParentID);
        Assert.Empty(server.Model.Turns);
        var row = await server.Engine.Store.FindSessionAsync(session, Cancelled);
        Assert.IsType<SessionStatus.Idle>(row!.Status);
        Assert.Null(row.Lease.Owner);
        Assert.Empty(await server.Engine.Store.ReadInboxAsync(session, Cancelled));
    }

    [Fact]
    public async Task Work_that_may_not_join_gets_a_turn_of_its_own_and_prompts_behind_it_another()
    {
        var gate = new ModelGate(after: 1);
        await using var server = await StartAsync(new NoteExecutor());
        server.Model.Set("first", ModelStep.Say("words") with { Gate = gate });
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptWithoutWaitingAsync(session, ServerUnderTest.Prompt("[script:first]", "msg_1"), Cancelled);
        await gate.Reached;
        var note = Assert.IsType<AdmissionResult.Accepted>(await AdmitAsync(server, session, "msg_2", "a note"));
        Assert.Equal(["msg_2"], await WaitingAsync());
        gate.Open();
        await note.TurnEnded!;
        await server.PromptAsync(session, ServerUnderTest.Prompt("and now?", "msg_3"), Cancelled);

        var messages = (await server.Engine.Store.ReadMessagesAsync(new MessageQuery(session), Cancelled)).Messages;
        Assert.Equal(
            ["msg_1", "msg_2", "msg_3"],
            messages.Select(static row => row.ReadInfo()).OfType<AssistantMessage>().Select(static answer => answer.ParentID));

        async Task<IEnumerable<string>> WaitingAsync() =>
            (await server.Engine.Store.ReadInboxAsync(session, Cancelled)).Where(static row => row.TurnID is null).Select(static row => row.ID);
    }

    [Fact]
    public async Task R7_Work_of_a_kind_that_this_engine_does_not_know_ends_with_an_error_that_says_so()
    {
        await using var server = await StartAsync();
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        var accepted = Assert.IsType<AdmissionResult.Accepted>(await AdmitAsync(server, session, "msg_1", "a note"));
        var answer = await accepted.TurnEnded!;

        var message = await server.Engine.Store.FindMessageAsync(session, answer.MessageID!, Cancelled);
        Assert.Contains("\"note\"", Assert.IsType<AssistantMessage>(message!.ReadInfo()).Error!.Data.Message, StringComparison.Ordinal);
        Assert.IsType<SessionStatus.Idle>((await server.Engine.Store.FindSessionAsync(session, Cancelled))!.Status);
        // The session goes on.
        await server.PromptAsync(session, "hello", Cancelled);
        Assert.Single(server.Model.Turns);
    }

    private static Task<TestServer> StartAsync(params NoteExecutor[] executors) => TestServer.StartAsync(
        new() { Engine = options => options with { WorkExecutors = executors } }, Cancelled);

    private static async Task<AdmissionResult> AdmitAsync(TestServer server, string session, string id, string text)
    {
        var workspace = await server.Engine.Workspaces.GetCurrentAsync(server.Directory, Cancelled);
        var message = new UserMessage
        {
            ID = id,
            SessionID = session,
            Time = new MessageTime(1),
            Agent = workspace.Agents.Default!.Name,
            Model = workspace.Models.Default!,
        };
        return await server.Engine.Work.AdmitAsync(
            new NewWork(new SentWork(session, id, "note", null), message, [], null) { Payload = Encoding.UTF8.GetBytes(text) }, Cancelled);
    }
}
