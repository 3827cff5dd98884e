using System.Collections.Concurrent;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Faults;

/// <summary>kill -9 again and again, under load.</summary>
public sealed class KillTests
{
    private const int Clients = 3;
    private const string Effects = "effects.log";
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);
    // A hundred where time allows: each is a start of the program, one to two seconds on a busy machine with two cores.
    private static readonly int Kills = FaultScale.Of("CAPSTAN_FAULT_KILLS", 20);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kills_at_random_instants_lose_nothing_and_run_nothing_twice()
    {
        await using var model = await ScriptedModel.StartAsync(new() { Respond = Respond, Default = ModelStep.Say("all is done") }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(
            model.Url,
            new()
            {
                Permission = """{"bash":"allow"}""",
                // A prompt may meet many of the kills here; that it is given up some day is another test's matter.
                Configure = static configuration => configuration["capstan"] =
                    System.Text.Json.Nodes.JsonNode.Parse("""{"turns":{"maxResumptions":1000}}"""),
            },
            Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var clients = new List<Client>();
        for (var i = 0; i < Clients; i++)
            clients.Add(new Client(server, i, await server.CreateSessionAsync(cancellationToken: Cancelled)));
        var chance = new Random(20_261);
        var started = TimeProvider.System.GetTimestamp();

        for (var kill = 0; kill < Kills; kill++)
        {
            var moment = new Moment(chance.Next(2) == 0, chance);
            await using (var watch = await IdleWatch.OpenAsync(server, moment.TakeEvent, Cancelled))
            {
                var working = clients.Select(client => client.WorkAsync(watch, moment.TakeAcknowledgement)).ToList();
                await moment.Reached.WaitAsync(SafetyNet, Cancelled);
                await server.KillAsync(Cancelled);
                await Task.WhenAll(working);
            }

            await server.StartAsync(Cancelled);
        }

        var elapsed = TimeProvider.System.GetElapsedTime(started);
        foreach (var client in clients)
            await client.RepeatAsync();
        await using var events = await server.OpenEventsAsync(Cancelled);
        await Conversation.UntilIdleAsync(server, events, Cancelled);

        var effects = File.Exists(workspace.PathOf(Effects)) ? await File.ReadAllLinesAsync(workspace.PathOf(Effects), Cancelled) : [];
        var accepted = 0;
        foreach (var client in clients)
        {
            var messages = await server.MessagesAsync(client.Session, Cancelled);
            Assert.Equal(client.Accepted.Order(StringComparer.Ordinal), Conversation.Prompts(messages).Order(StringComparer.Ordinal));
            Conversation.RequireClosed(messages);
            Conversation.RequireAnswered(messages, model);
            Assert.Equal("all is done", Conversation.Text(messages[^1]));
            accepted += client.Accepted.Count;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Kills} kills, {accepted} prompts, {effects.Length} effects, {model.Turns.Count} model calls, {elapsed.TotalSeconds:0.0} s");
        Assert.Equal(effects.Distinct(), effects);
        Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
        Assert.Empty(ProcessFacts.In(workspace.Directory, server.ID));
        Assert.DoesNotContain("given up", server.Output, StringComparison.Ordinal);
    }

    private static ModelStep? Respond(ModelCall call) => call.Step == 0 && call.Script == "effect"
        ? ModelStep.Call("bash", $$"""{"command":"echo {{call.UserText.Split(' ')[^1]}} >> {{Effects}}"}""")
        : null;

    /// <summary>The instant of a kill: after so many acknowledgements, or after so many events.</summary>
    private sealed class Moment(bool isEvent, Random chance)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = isEvent ? 1 + chance.Next(120) : 1 + chance.Next(8);

        public Task Reached => _reached.Task;

        public void TakeEvent()
        {
            if (isEvent && Interlocked.Decrement(ref _left) == 0)
                _reached.TrySetResult();
        }

        public void TakeAcknowledgement()
        {
            if (!isEvent && Interlocked.Decrement(ref _left) == 0)
                _reached.TrySetResult();
        }
    }

    /// <summary>Prompts whenever its session is idle; what a kill left without an answer is sent again as it was.</summary>
    private sealed class Client(CapstanProcess server, int number, string session)
    {
        private int _sent;
        private string? _unanswered;

        public string Session => session;

        public ConcurrentBag<string> Accepted { get; } = [];

        /// <summary>Works until the server is gone.</summary>
        public async Task WorkAsync(IdleWatch watch, Action acknowledged)
        {
            try
            {
                while (true)
                {
                    var idle = watch.NextIdleAsync(session);
                    var isRepeat = _unanswered is not null;
                    await PromptAsync();
                    acknowledged();
                    // A repetition may have been answered before the stream was opened.
                    if (!isRepeat)
                        await idle.WaitAsync(SafetyNet, Cancelled);
                }
            }
            catch (Exception exception) when (exception is HttpRequestException { StatusCode: null } or IOException)
            {
                // Killed.
            }
        }

        /// <summary>Sends again what was not acknowledged.</summary>
        public Task RepeatAsync() => _unanswered is null ? Task.CompletedTask : PromptAsync();

        private async Task PromptAsync()
        {
            var id = _unanswered ??= $"msg_{number}_{_sent++:0000}";
            var script = id[^1] % 2 == 0 ? "effect" : "text";
            await server.PromptAsyncAsync(session, ServerUnderTest.Prompt($"[script:{script}] as {id}", id), Cancelled);
            _unanswered = null;
            Accepted.Add(id);
        }
    }
}
