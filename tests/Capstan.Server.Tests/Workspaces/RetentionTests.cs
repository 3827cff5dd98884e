using Capstan.Testing.Servers;
using Capstan.Testing.Time;
using Xunit;

namespace Capstan.Server.Tests.Workspaces;

/// <summary>R9: a server that runs for long puts its data directory in order, by its own clock and beside everything else.</summary>
public sealed class RetentionTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Old_outputs_are_deleted_while_the_server_runs()
    {
        var time = new FakeTime();
        await using var server = await TestServer.StartAsync(
            new TestServerOptions { Engine = options => options with { Time = time } }, Cancelled);
        var outputs = Directory.CreateDirectory(server.Engine.Options.Paths.ToolOutput).FullName;
        var started = time.GetUtcNow();
        foreach (var (name, days) in new[] { ("tool_old", -8), ("tool_young", -6) })
        {
            await File.WriteAllTextAsync(Path.Combine(outputs, name), "x", Cancelled);
            File.SetLastWriteTimeUtc(Path.Combine(outputs, name), started.UtcDateTime.AddDays(days));
        }

        await time.PassAsync(started.AddMinutes(5), Cancelled);
        // When the next round is planned, this one is done.
        await time.TimerAsync(due => due == started.AddMinutes(65), Cancelled);

        Assert.Equal(["tool_young"], Directory.GetFiles(outputs).Select(Path.GetFileName));
    }
}
