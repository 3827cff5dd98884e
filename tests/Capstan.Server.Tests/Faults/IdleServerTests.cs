using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Faults;

/// <summary>What a server costs that has nothing to do.</summary>
public sealed class IdleServerTests
{
    private const double Wanted = 0.02;
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(5);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_idle_server_with_readers_and_sessions_uses_almost_nothing()
    {
        await using var model = await ScriptedModel.StartAsync(cancellationToken: Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        for (var i = 0; i < 100; i++)
            await server.PromptAsync(await server.CreateSessionAsync(cancellationToken: Cancelled), "hello", Cancelled);
        var readers = new List<SseReader>();
        for (var i = 0; i < 10; i++)
            readers.Add(await server.OpenEventsAsync(Cancelled));

        // What is done in no time cannot be told from what is done all the time: only a while of doing nothing tells, so time has to
        // pass. The runtime goes on compiling what was used often for some seconds after the last turn; a server that is never still
        // is still not still in the last of the whiles. There are many, because a machine with forty other programs gives that compiling little.
        double share;
        long written;
        var whiles = 0;
        do
        {
            var ticks = ProcessFacts.ProcessorTicks(server.ID);
            var before = ProcessFacts.WrittenBytes(server.ID);
            await Task.Delay(Watched, TimeProvider.System, Cancelled);
            share = (ProcessFacts.ProcessorTicks(server.ID) - ticks) * 10 / Watched.TotalMilliseconds;
            written = ProcessFacts.WrittenBytes(server.ID) - before;
            TestContext.Current.TestOutputHelper?.WriteLine($"{share:P2} of a processor, {written} bytes written");
        }
        while ((share >= Wanted || written > 0) && ++whiles < 24);

        foreach (var reader in readers)
            await reader.DisposeAsync();
        Assert.Equal(0, written);
        // The processor time of the server alone, whatever else runs here.
        Assert.InRange(share, 0, Wanted);
    }
}
