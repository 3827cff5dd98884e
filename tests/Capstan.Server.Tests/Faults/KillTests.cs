using System.Text.Json.Nodes;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Captures;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Faults;

/// <summary>kill -9 again and again, under load.</summary>
public sealed class KillTests
{
    private const int Clients = 3;
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);
    private static readonly int Kills = FaultScale.Of("CAPSTAN_FAULT_KILLS", 100);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kills_at_random_instants_lose_nothing_and_run_nothing_twice()
    {
        await using var model = await ScriptedModel.StartAsync(
            new() { Respond = KillCommands.Respond, Default = ModelStep.Say("all is done") }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(
            model.Url,
            new()
            {
                Permission = """{"bash":"allow"}""",
                // A prompt may meet many of the kills here; that it is given up some day is another test's matter.
                Configure = static configuration => configuration["capstan"] = JsonNode.Parse("""{"turns":{"maxResumptions":1000}}"""),
            },
            Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        string beginning;
        await using (var events = await server.OpenEventsAsync(Cancelled))
            beginning = events.Seen[0].Id!;
        var clients = new List<KillClient>();
        for (var i = 0; i < Clients; i++)
            clients.Add(new KillClient(server, i, await server.CreateSessionAsync(cancellationToken: Cancelled), Cancelled));
        var chance = new Random(20_261);
        var started = TimeProvider.System.GetTimestamp();

        var orphans = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            var moment = new KillMoment(chance.Next(2) == 0, chance);
            await using (var watch = await IdleWatch.OpenAsync(server, moment.TakeEvent, Cancelled))
            {
                var working = clients.Select(client => client.WorkAsync(watch, moment.TakeAcknowledgement)).ToList();
                await moment.Reached.WaitAsync(SafetyNet, Cancelled);
                await server.KillAsync(Cancelled);
                await Task.WhenAll(working);
            }

            var left = ProcessFacts.OfCalls(workspace.Directory);
            orphans += left.Count;
            await server.StartAsync(Cancelled);
            // Before it listens, so that nobody sees a call closed whose command still works.
            Assert.Empty(ProcessFacts.OfCalls(workspace.Directory).Intersect(left));
        }

        var elapsed = TimeProvider.System.GetElapsedTime(started);
        workspace.Write(KillCommands.Over, "");
        foreach (var client in clients)
            await client.CloseAsync();
        await using (var events = await server.OpenEventsAsync(Cancelled))
            await Conversation.UntilIdleAsync(server, events, Cancelled);

        var effects = File.Exists(workspace.PathOf(KillCommands.Effects))
            ? await File.ReadAllLinesAsync(workspace.PathOf(KillCommands.Effects), Cancelled)
            : [];
        var (accepted, interrupted) = (0, 0);
        foreach (var client in clients)
        {
            var messages = await server.MessagesAsync(client.Session, Cancelled);
            Assert.Equal(client.Accepted.Order(StringComparer.Ordinal), Conversation.Prompts(messages).Order(StringComparer.Ordinal));
            Conversation.RequireClosed(messages);
            Conversation.RequireAnswered(messages, model);
            Assert.Equal("all is done", Conversation.Text(messages[^1]));
            KillCommands.RequireOnce(messages, effects);
            interrupted += KillCommands.RequireTold(messages, model, client.Session);
            accepted += client.Accepted.Count;
        }

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Kills} kills, {accepted} prompts, {effects.Length} effects, {interrupted} calls of unknown outcome, "
            + $"{orphans} processes left and ended, {model.Turns.Count} model calls, {elapsed.TotalSeconds:0.0} s");
        Assert.Equal(effects.Distinct(), effects);
        Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
        Assert.Empty(ProcessFacts.In(workspace.Directory, server.ID));
        Assert.True(Kills < 20 || orphans > 0, "No kill met a running command: nothing was tested of what it leaves.");
        await RequireHistoryAsync(server, beginning);
    }

    /// <summary>What the events of all lives of the server tell: no prompt was given up, and nothing is left open.</summary>
    private static async Task RequireHistoryAsync(CapstanProcess server, string beginning)
    {
        await using var events = await SseReader.OpenAsync(server.Http, "/event", beginning, Cancelled);
        // It comes after everything that is replayed.
        var last = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await events.UntilAsync("session.created", last);
        Assert.DoesNotContain(events.Seen, static seen =>
            seen.Type == "session.error" && seen.Data.Contains("it was given up", StringComparison.Ordinal));
        Assert.Empty(EventIds.Gaps(events.Seen.Select(static seen => seen.Id).OfType<string>().Prepend(beginning)));
        Assert.Empty(EventInvariants.Violations(events.Seen.Select(static seen => seen.Payload)));
    }
}
