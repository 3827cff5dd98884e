using System.Net.Sockets;
using System.Text;
using Capstan.Server.Tests.Rules;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Workspaces;
using Xunit;

namespace Capstan.Server.Tests.Faults;

/// <summary>Readers that do not read.</summary>
public sealed class ReaderTests
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(120);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slow_reader_sees_everything_that_it_has_room_for()
    {
        var word = new string('x', 1023) + " ";
        await using var model = await ScriptedModel.StartAsync(
            new() { Scripts = [new("long", [ModelStep.Say(string.Concat(Enumerable.Repeat(word, 500)))])] }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        using var slow = await ConnectAsync(server, "\r\n");

        // Nothing is read while half a megabyte is streamed; then all of it, in small bites.
        await server.PromptAsync(session, "[script:long]", Cancelled);
        var seen = new StringBuilder();
        var bite = new byte[997];
        while (!seen.ToString(Math.Max(0, seen.Length - 4096), Math.Min(seen.Length, 4096)).Contains("\"session.idle\"", StringComparison.Ordinal))
        {
            var read = await slow.ReceiveAsync(bite, Cancelled).AsTask().WaitAsync(SafetyNet, Cancelled);
            Assert.NotEqual(0, read);
            seen.Append(Encoding.UTF8.GetString(bite, 0, read));
            Assert.InRange(seen.Length, 0, 100_000_000);
        }

        Assert.DoesNotContain("server.dropped", seen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stalled_readers_share_what_waits_for_them_and_are_let_go()
    {
        const int Stalled = 400;
        var word = new string('x', 5119) + " ";
        await using var model = await ScriptedModel.StartAsync(
            new() { Scripts = [new("long", [ModelStep.Say(string.Concat(Enumerable.Repeat(word, 2048))) with { Delay = 1 }])] }, Cancelled);
        using var workspace = await TestWorkspace.CreateAsync(model.Url, cancellationToken: Cancelled);
        await using var server = await CapstanProcess.StartAsync(workspace.Directory, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        await server.PromptAsync(session, "hello", Cancelled);
        var readers = new List<Socket>();
        for (var i = 0; i < Stalled; i++)
            readers.Add(await ConnectAsync(server, "\r\n"));
        // Those who never end their request.
        for (var i = 0; i < 20; i++)
            readers.Add(await ConnectAsync(server, ""));
        var before = ProcessFacts.ResidentBytes(server.ID);

        await server.PromptWithoutWaitingAsync(session, "[script:long]", Cancelled);
        using var safetyNet = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        safetyNet.CancelAfter(SafetyNet);
        while ((await server.StatusAsync(safetyNet.Token)).EnumerateObject().Any())
            await server.GetAsync("/global/health", safetyNet.Token);
        foreach (var reader in readers.Take(Stalled))
            await UntilEndAsync(reader);

        var grown = (ProcessFacts.PeakBytes(server.ID) - before) / 1_000_000;
        TestContext.Current.TestOutputHelper?.WriteLine($"grown by {grown} MB at the most");
        Assert.Equal(2048 * word.Length, Conversation.Text((await server.MessagesAsync(session, Cancelled))[^1]).Length);
        // Readers that do not share hold 2 MiB each, together more than 800 MB. The bound tells the two apart whatever the garbage
        // collector does meanwhile; the figure, of the published program, is in docs/performance.md.
        Assert.InRange(grown, 0, 400);
        foreach (var reader in readers)
            reader.Dispose();
    }

    private static async Task UntilEndAsync(Socket reader)
    {
        var bite = new byte[64 * 1024];
        try
        {
            while (await reader.ReceiveAsync(bite, Cancelled).AsTask().WaitAsync(SafetyNet, Cancelled) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Reset, which is an end as well.
        }
    }

    private static async Task<Socket> ConnectAsync(CapstanProcess server, string end)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(server.Address.Host, server.Address.Port, Cancelled);
        await socket.SendAsync(
            Encoding.ASCII.GetBytes(
                $"GET /event HTTP/1.1\r\nHost: {server.Address.Authority}\r\n"
                + $"x-opencode-directory: {Uri.EscapeDataString(server.Directory)}\r\n{end}"),
            Cancelled);
        // The first byte of the answer tells that the subscription is there.
        if (end.Length > 0)
            await socket.ReceiveAsync(new byte[1], Cancelled).AsTask().WaitAsync(SafetyNet, Cancelled);
        return socket;
    }
}
