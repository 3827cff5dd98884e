using System.Collections.Concurrent;
using Capstan.Contract;
using Capstan.Engine.Storage;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Faults;

/// <summary>Prompts, aborts and injections from many clients at the instant at which sessions become idle.</summary>
public sealed class IdleInstantTests
{
    private const int Clients = 16;
    private const int SessionCount = 32;
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(120);
    private static readonly int Prompts = FaultScale.Of("CAPSTAN_FAULT_PROMPTS", 10_000);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prompts_at_the_idle_instant_from_sixteen_clients_are_all_answered_with_aborts_and_injections()
    {
        await using var server = await TestServer.StartAsync(
            new() { Model = new() { Fast = ModelStep.Say("done") } }, Cancelled);
        var sessions = new List<string>();
        for (var i = 0; i < SessionCount; i++)
            sessions.Add(await server.CreateSessionAsync(cancellationToken: Cancelled));
        var load = new Load(server, sessions);
        var started = TimeProvider.System.GetTimestamp();

        await load.RunAsync();
        await using (var events = await server.OpenEventsAsync(Cancelled))
            await Rules.Conversation.UntilIdleAsync(server, events, Cancelled);

        var elapsed = TimeProvider.System.GetElapsedTime(started);
        var outcome = new Outcome();
        foreach (var session in sessions)
        {
            Assert.Empty(await server.Engine.Store.ReadInboxAsync(session, Cancelled));
            outcome.Count((await server.Engine.Store.ReadMessagesAsync(new MessageQuery(session), Cancelled)).Messages);
            Rules.Conversation.RequireClosed(await server.MessagesAsync(session, Cancelled));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{load.Accepted.Count} prompts accepted, {outcome.Answered.Count} answered, {outcome.Aborted.Count} aborted, "
            + $"{load.Injected.Count} injections, {load.Repeats} repeats, {load.Aborts} aborts, {elapsed.TotalSeconds:0.0} s");
        Assert.Empty(outcome.Unanswered);
        Assert.Equal(load.Accepted.Keys.Order(StringComparer.Ordinal), outcome.Answered.Concat(outcome.Aborted).Order(StringComparer.Ordinal));
        Assert.Equal(load.Injected.Keys.Order(StringComparer.Ordinal), outcome.Injected.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(outcome.Parents, load.Injected.ContainsKey);
        Assert.Empty(server.Warnings);
    }

    private sealed class Load(TestServer server, IReadOnlyList<string> sessions)
    {
        private int _repeats;
        private int _aborts;

        public ConcurrentDictionary<string, bool> Accepted { get; } = new();

        public ConcurrentDictionary<string, bool> Injected { get; } = new();

        public int Repeats => _repeats;

        public int Aborts => _aborts;

        public async Task RunAsync()
        {
            // Four clients look at one stream: sixteen would measure how fast this process reads.
            var watches = await Task.WhenAll(Enumerable.Range(0, Clients / 4).Select(_ => IdleWatch.OpenAsync(server, null, Cancelled)));
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => RunAsync(client, watches[client / 4])));
            foreach (var watch in watches)
                await watch.DisposeAsync();
        }

        private async Task RunAsync(int client, IdleWatch watch)
        {
            var chance = new Random(client);
            var session = sessions[client];
            var share = (Prompts / Clients) + (client < Prompts % Clients ? 1 : 0);
            for (var i = 0; i < share; i++)
            {
                // A while with one session, so that its idle instant is met; elsewhere now and then, so that clients meet.
                if (chance.Next(8) == 0)
                    session = sessions[chance.Next(sessions.Count)];
                var id = $"msg_{client:00}_{i:00000}";
                var idle = watch.NextIdleAsync(session);
                var body = ServerUnderTest.Prompt($"prompt {id}", id);
                await server.PromptWithoutWaitingAsync(session, body, Cancelled);
                Accepted[id] = true;
                var dice = chance.Next(100);
                if (dice < 10)
                    await InjectAsync(session, $"msg_{client:00}_{i:00000}_injected");
                else if (dice < 13)
                    await AbortAsync(session);
                else if (dice < 16)
                    await RepeatAsync(session, body);
                if (chance.Next(4) > 0)
                    await idle.WaitAsync(SafetyNet, Cancelled);
            }
        }

        private async Task InjectAsync(string session, string id)
        {
            var body = ServerUnderTest.Prompt($"by the way {id}", id);
            body["noReply"] = true;
            await server.PromptWithoutWaitingAsync(session, body, Cancelled);
            Injected[id] = true;
        }

        private async Task AbortAsync(string session)
        {
            await server.AbortAsync(session, Cancelled);
            Interlocked.Increment(ref _aborts);
        }

        private async Task RepeatAsync(string session, System.Text.Json.Nodes.JsonObject body)
        {
            await Task.WhenAll(server.PromptWithoutWaitingAsync(session, body, Cancelled), server.PromptWithoutWaitingAsync(session, body, Cancelled));
            Interlocked.Add(ref _repeats, 2);
        }
    }

    /// <summary>What became of each user message: the step that follows it in what the model sees is the one that took it up.</summary>
    private sealed class Outcome
    {
        public List<string> Answered { get; } = [];

        public List<string> Aborted { get; } = [];

        public List<string> Unanswered { get; } = [];

        public List<string> Injected { get; } = [];

        public HashSet<string> Parents { get; } = [];

        public void Count(IReadOnlyList<MessageRow> rows)
        {
            Unanswered.AddRange(rows.Where(static row => row.Context is null).Select(static row => row.ID));
            AssistantMessage? step = null;
            foreach (var row in rows.Where(static row => row.Context is not null).OrderByDescending(static row => row.Context))
            {
                var message = row.ReadInfo();
                if (message is AssistantMessage assistant)
                {
                    step = assistant;
                    Parents.Add(assistant.ParentID);
                }
                else if (row.ID.EndsWith("_injected", StringComparison.Ordinal))
                    Injected.Add(row.ID);
                else if (step is null)
                    Unanswered.Add(row.ID);
                else if (step.Error is null)
                    Answered.Add(row.ID);
                else if (step.Error.Name == MessageError.Aborted().Name)
                    Aborted.Add(row.ID);
                else
                    Unanswered.Add($"{row.ID}: {step.Error}");
            }
        }
    }
}
