using System.Text.Json.Nodes;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Time;
using Xunit;

namespace Capstan.Server.Tests.Telemetry;

/// <summary>R13: a session that waits for a person for long is mentioned, without anybody asking.</summary>
public sealed class WaitingTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R13_A_long_wait_for_a_person_is_in_the_log_with_what_to_do_and_ever_less_often()
    {
        var time = new FakeTime();
        await using var server = await TestServer.StartAsync(
            new()
            {
                Model = new() { Scripts = [new("touch", [ModelStep.Call("bash", """{"command":"touch made","description":"touch"}"""), ModelStep.Say("done")])] },
                Workspace = new() { Permission = """{"bash":"ask"}""", Configure = WithoutTimeouts },
                Engine = options => options with { Time = time },
            },
            Cancelled);
        await using var events = await server.OpenEventsAsync(Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptWithoutWaitingAsync(session, "[script:touch]", Cancelled);
        var request = (await events.UntilAsync("permission.asked")).Properties.GetProperty("id").GetString()!;

        // The wait begins a moment after the event.
        await time.TimerAsync(due => due == time.GetUtcNow() + TimeSpan.FromMinutes(5), Cancelled);
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.Empty(Warnings());
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(
            [$"Session {session} has waited 5 minutes for a person to answer {request} (bash). Answer it (POST /permission/{request}/reply), abort the session, or let a policy answer (capstan.permissionPolicy)."],
            Warnings());
        time.Advance(TimeSpan.FromMinutes(9));
        Assert.Single(Warnings());
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, Warnings().Count);

        await server.ReplyAsync(request, "once", cancellationToken: Cancelled);
        await events.UntilAsync("session.idle", session);
        time.Advance(TimeSpan.FromHours(10));
        Assert.Equal(2, Warnings().Count);

        // The model's own five minutes would be taken for those that are waited for here.
        static void WithoutTimeouts(JsonObject configuration)
        {
            var options = configuration["provider"]!["fake"]!["options"]!;
            (options["headerTimeout"], options["chunkTimeout"]) = (false, false);
        }

        List<string> Warnings() =>
            [.. server.Warnings.Where(static line => line.StartsWith("Warning 155: ", StringComparison.Ordinal)).Select(static line => line["Warning 155: ".Length..])];
    }
}
