using System.Text.Json;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Turns;

/// <summary>R8, R13: <c>GET /session/status</c> says what a busy session waits for.</summary>
public sealed class WaitsTests
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_busy_session_says_that_it_waits_for_the_model_a_permission_or_a_tool()
    {
        var (first, second) = (new ModelGate(after: 1), new ModelGate(after: 0));
        await using var server = await TestServer.StartAsync(
            new()
            {
                Model = new()
                {
                    Scripts =
                    [
                        new("s",
                        [
                            ModelStep.Say("one two") with
                            {
                                Gate = first,
                                Tools =
                                [
                                    ModelToolCall.Of("bash", """{"command":"echo ran"}""", "call_asks"),
                                    ModelToolCall.Of("bash", """{"command":"read line < held"}""", "call_runs"),
                                ],
                            },
                            ModelStep.Say("done") with { Gate = second },
                        ]),
                    ],
                },
                Workspace = new() { Permission = """{"bash":{"*":"allow","echo *":"ask"}}""" },
            },
            Cancelled);
        await server.Workspace.GitAsync(["--version"], Cancelled);
        using (var fifo = System.Diagnostics.Process.Start("mkfifo", server.Workspace.PathOf("held")))
            await fifo.WaitForExitAsync(Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        await server.PromptWithoutWaitingAsync(session, "[script:s]", Cancelled);
        await first.Reached.WaitAsync(SafetyNet, Cancelled);
        await events.UntilAsync("message.part.delta", session);

        var wait = Assert.Single(await WaitsAsync(server, session));
        Assert.Equal(("model", "fake/echo"), (Text(wait, "kind"), Text(wait, "model")));
        Assert.True(wait.GetProperty("since").GetInt64() > 0);

        first.Open();
        // The calls run beside each other: either may be first.
        var (asks, runs) = (false, false);
        await events.UntilAsync(seen =>
        {
            asks |= seen.Type == "permission.asked";
            runs |= seen.Data.Contains("call_runs", StringComparison.Ordinal) && seen.Data.Contains("\"output\":\"\"", StringComparison.Ordinal);
            return asks && runs;
        });
        // The answer's last words are read for certain once the call that it ends with runs and the model is done.
        await server.Model.Turns[0].Ended.WaitAsync(SafetyNet, Cancelled);
        var waits = (await WaitsAsync(server, session)).Where(static wait => Text(wait, "kind") != "model").ToList();
        var permission = Assert.Single(waits, static wait => Text(wait, "kind") == "permission");
        var request = Assert.Single(await server.PermissionsAsync(Cancelled)).GetProperty("id").GetString()!;
        Assert.Equal((request, "bash", "call_asks"), (Text(permission, "permissionID"), Text(permission, "permission"), Text(permission, "callID")));
        var tool = Assert.Single(waits, static wait => Text(wait, "kind") == "tool");
        Assert.Equal(("bash", "call_runs"), (Text(tool, "tool"), Text(tool, "callID")));

        await server.ReplyAsync(request, "once", cancellationToken: Cancelled);
        await File.WriteAllTextAsync(server.Workspace.PathOf("held"), "go\n", Cancelled);
        await second.Reached.WaitAsync(SafetyNet, Cancelled);
        Assert.Equal("model", Text(Assert.Single(await WaitsAsync(server, session)), "kind"));
        second.Open();
        await events.UntilAsync("session.idle", session);
        Assert.Empty((await server.StatusAsync(Cancelled)).EnumerateObject());
        // Events and rows say what OpenCode's clients know, and no more.
        Assert.DoesNotContain(events.Seen, static seen => seen.Data.Contains("waitsFor", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_will_ask_its_model_again_says_why_and_when()
    {
        await using var server = await TestServer.StartAsync(
            new()
            {
                Model = new()
                {
                    Scripts =
                    [
                        new("s",
                        [
                            new()
                            {
                                Http = 503,
                                Headers = new Dictionary<string, string> { ["retry-after"] = "300" },
                                Body = JsonElement.Parse("""{"error":{"message":"Come back later."} }"""),
                            },
                        ]),
                    ],
                },
            },
            Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        await server.PromptWithoutWaitingAsync(session, "[script:s]", Cancelled);
        await events.UntilAsync(static seen => seen.Data.Contains("\"type\":\"retry\"", StringComparison.Ordinal));

        var status = (await server.StatusAsync(Cancelled)).GetProperty(session);

        Assert.Equal(("retry", "Come back later."), (Text(status, "type"), Text(status, "message")));
        Assert.Equal(1, status.GetProperty("attempt").GetInt32());
        Assert.InRange(status.GetProperty("next").GetInt64(), before + 300_000, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() + 300_000);
    }

    private static async Task<IReadOnlyList<JsonElement>> WaitsAsync(TestServer server, string session)
    {
        var status = (await server.StatusAsync(Cancelled)).GetProperty(session);
        Assert.Equal("busy", Text(status, "type"));
        return [.. status.GetProperty("waitsFor").EnumerateArray()];
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
