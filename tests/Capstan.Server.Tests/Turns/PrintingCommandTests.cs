using System.Text;
using System.Text.Json;
using Capstan.Engine.Storage;
using Capstan.Server.Tests.Kit;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Xunit;

namespace Capstan.Server.Tests.Turns;

/// <summary>A command that prints: what clients see of it while it runs, and what is stored.</summary>
public sealed class PrintingCommandTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R9_A_command_that_prints_stores_what_it_prints_and_not_its_square()
    {
        // 300,000 characters in a hundred pieces.
        await using var server = await StartAsync("for i in $(seq 100); do printf '%3000d\\n' $i; sleep 0.06; done");
        await using var reader = await server.OpenEventsAsync(Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        await server.PromptAsync(session, "[script:print]", Cancelled);
        await reader.UntilAsync("session.idle", session);

        var shown = reader.Seen.Where(static seen => Output(seen) is { Length: > 0 }).ToList();
        Assert.InRange(shown.Count, 20, int.MaxValue);
        Assert.All(shown, static seen => Assert.Null(seen.Id));
        Assert.Contains(shown, static seen => Output(seen)!.Length == 30_005 && Output(seen)!.StartsWith("...\n\n", StringComparison.Ordinal));
        // The call's end holds 51,200 bytes of its output and 30,000 characters more of it.
        var log = (await server.EventsAsync(Cancelled)).Sum(static e => e.Json.Length);
        TestContext.Current.TestOutputHelper?.WriteLine($"{shown.Count} updates, {log} bytes of events");
        Assert.InRange(log, 0, 200_000);
    }

    [Fact]
    public async Task R6_Who_comes_back_while_a_command_runs_is_told_what_it_has_printed()
    {
        await using var server = await StartAsync("echo one; until [ -e go ]; do sleep 0.05; done; echo two; until [ -e end ]; do sleep 0.05; done");
        await using var reader = await server.OpenEventsAsync(Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var prompt = server.PromptAsync(session, "[script:print]", Cancelled);
        await reader.UntilAsync(static seen => Output(seen) == "one\n");
        server.Workspace.Write("go", "");
        await reader.UntilAsync(static seen => Output(seen) == "one\ntwo\n");
        var last = reader.Seen.Last(static seen => seen.Id is not null).Id;

        // R8: what was seen, the history shows as well.
        Assert.Equal("one\ntwo\n", Output(Call(await server.MessagesAsync(session, Cancelled))));
        await using var back = await SseReader.OpenAsync(server.Http, "/event", last, Cancelled);
        var told = await back.UntilAsync(static seen => Output(seen) == "one\ntwo\n");
        Assert.Null(told.Id);
        // Another workspace's readers are told nothing of it.
        using var elsewhere = server.CreateClient(Path.GetTempPath());
        await using var other = await SseReader.OpenAsync(elsewhere, "/event", last, Cancelled);
        await other.UntilAsync("server.connected");

        server.Workspace.Write("end", "");
        await prompt;
        await back.UntilAsync("session.idle", session);
        Assert.Empty(await server.Engine.Store.ListGrowingPartsAsync(null, Cancelled));
        await using var late = await SseReader.OpenAsync(server.Http, "/event", last, Cancelled);
        await late.UntilAsync("session.idle", session);
        Assert.DoesNotContain(late.Seen, static seen => seen.Id is null && seen.Type == "message.part.updated");
        Assert.DoesNotContain(other.Seen, static seen => seen.Type == "message.part.updated");
    }

    [Fact]
    public async Task What_a_command_had_printed_when_the_server_died_is_in_its_error()
    {
        await using var server = await StartAsync("echo one; until [ -e go ]; do sleep 0.05; done; echo two; sleep 300");
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using (var reader = await server.OpenEventsAsync(Cancelled))
        {
            await server.PromptWithoutWaitingAsync(session, "[script:print]", Cancelled);
            await reader.UntilAsync(static seen => Output(seen) == "one\n");
            server.Workspace.Write("go", "");
            await reader.UntilAsync(static seen => Output(seen) == "one\ntwo\n");
        }

        await server.RestartAsync(Cancelled);

        var call = Call(await server.MessagesAsync(session, Cancelled));
        Assert.Equal("error", call.GetProperty("state").GetProperty("status").GetString());
        Assert.Equal("one\ntwo\n", Output(call));
    }

    [SqliteFact("it looks for what was said in the files of the data directory.")]
    public async Task What_was_said_in_a_deleted_session_leaves_the_data_directory_while_the_server_runs()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var deleted = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var kept = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptAsync(deleted, "the launch code is 0000", Cancelled);
        await server.PromptAsync(kept, "the cake is a pie", Cancelled);
        var (status, _) = await server.AskAsync(HttpMethod.Delete, $"/session/{deleted}", null, Cancelled);
        Assert.Equal(200, (int)status);

        using var safetyNet = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        safetyNet.CancelAfter(TimeSpan.FromSeconds(60));
        while (server.Engine.Store.Lanes[0].Upkeep != StoreUpkeep.None || IsInFiles(server, "the launch code"))
            await server.GetAsync("/global/health", safetyNet.Token);

        Assert.True(IsInFiles(server, "the cake"));
        await using var reader = await SseReader.OpenAsync(server.Http, "/event", "0", Cancelled);
        await reader.UntilAsync("session.deleted");
        await server.PromptAsync(kept, "still there?", Cancelled);
        await reader.UntilAsync("session.idle", kept);
        Assert.DoesNotContain(reader.Seen, seen => seen.SessionId == deleted && seen.Type != "session.deleted");
        Assert.DoesNotContain(reader.Seen, static seen => seen.Type == "server.resync");
    }

    private static Task<TestServer> StartAsync(string command) => TestServer.StartAsync(
        new()
        {
            Model = new()
            {
                Scripts = [new("print", [ModelStep.Call("bash", JsonSerializer.Serialize(new { command })), ModelStep.Say("printed")])],
            },
        },
        Cancelled);

    private static bool IsInFiles(TestServer server, string text) =>
        new[] { "capstan.db", "capstan.db-wal" }.Select(name => Path.Combine(server.Engine.Options.Paths.Data, name)).Where(File.Exists).Any(file =>
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var memory = new MemoryStream();
            stream.CopyTo(memory);
            return memory.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
        });

    private static JsonElement Call(IReadOnlyList<JsonElement> messages) =>
        messages[1].GetProperty("parts").EnumerateArray().First(static part => part.GetProperty("type").GetString() == "tool");

    private static string? Output(SseEvent seen) =>
        seen.Type == "message.part.updated" && seen.Properties.GetProperty("part") is var part
        && part.GetProperty("type").GetString() == "tool" && part.GetProperty("state").GetProperty("status").GetString() == "running"
            ? Output(part)
            : null;

    private static string? Output(JsonElement part) =>
        part.GetProperty("state").TryGetProperty("metadata", out var metadata) && metadata.TryGetProperty("output", out var output)
            ? output.GetString()
            : null;
}
