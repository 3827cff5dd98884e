using System.Net;
using System.Net.Sockets;
using System.Text;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Capstan.Testing.Time;
using Xunit;

namespace Capstan.Server.Tests.Rules;

/// <summary>R9: a slow or dead reader costs a fixed number of bytes and is then dropped.</summary>
public sealed class R9_Bounded
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task R9_A_reader_that_stalls_is_dropped_while_others_go_on()
    {
        var time = new FakeTime();
        await using var server = await TestServer.StartAsync(
            new() { Engine = options => options with { Time = time, Hub = new(MaxEvents: 1000, MaxBytes: 1 << 20) } }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        using var stalled = await StallAsync(server.Address);
        await using var reader = await server.OpenEventsAsync(Cancelled);
        var injection = ServerUnderTest.Prompt(new string('x', 256 * 1024));
        injection["noReply"] = true;

        // More than the system's buffers and the reader's bounds together can take. The clock goes on with each: one who is dropped has
        // a few seconds to read why.
        for (var sent = 0; sent < 400 && server.Engine.Hub.SubscriptionCount == 2; sent++)
        {
            await server.PromptAsync(session, injection, Cancelled);
            await reader.UntilAsync(static seen => seen.Type == "message.part.updated");
            time.Advance(TimeSpan.FromSeconds(1));
        }

        // It is given a moment to read why. How many injections fit into that moment is the machine's affair.
        for (var i = 0; i < 20_000 && server.Engine.Hub.SubscriptionCount == 2; i++)
            await server.CreateSessionAsync(cancellationToken: Cancelled);

        Assert.Equal(1, server.Engine.Hub.SubscriptionCount);
        await server.PromptAsync(session, "still there?", Cancelled);
        await reader.UntilAsync("session.idle", session);
    }

    [Fact]
    public async Task R9_A_reader_that_fell_behind_and_reads_again_is_told_why_it_was_dropped()
    {
        // On a clock that stands still, so that the moment in which it may read why does not end.
        var time = new FakeTime();
        await using var server = await TestServer.StartAsync(
            new() { Engine = options => options with { Time = time, Hub = new(MaxEvents: 1000, MaxBytes: 1 << 20) } }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        using var slow = await StallAsync(server.Address);
        var injection = ServerUnderTest.Prompt(new string('x', 256 * 1024));
        injection["noReply"] = true;
        // More than the system's buffers and the reader's bounds together can take.
        for (var sent = 0; sent < 60; sent++)
            await server.PromptAsync(session, injection, Cancelled);

        var seen = new StringBuilder();
        var bite = new byte[64 * 1024];
        using var safetyNet = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        safetyNet.CancelAfter(TimeSpan.FromSeconds(60));
        while (!seen.ToString(Math.Max(0, seen.Length - 2000), Math.Min(seen.Length, 2000)).Contains("behind: ", StringComparison.Ordinal))
        {
            var read = await slow.ReceiveAsync(bite, safetyNet.Token);
            Assert.NotEqual(0, read);
            seen.Append(Encoding.UTF8.GetString(bite, 0, read));
        }

        Assert.Contains(
            "\"type\":\"server.dropped\",\"properties\":{\"reason\":\"The reader fell behind: ", seen.ToString(), StringComparison.Ordinal);
        // That was its moment; then the connection goes as an error, so that clients come back with the last id that they have.
        time.Advance(TimeSpan.FromSeconds(5));
        try
        {
            while (await slow.ReceiveAsync(bite, safetyNet.Token) is > 0 and var read)
                seen.Append(Encoding.UTF8.GetString(bite, 0, read));
        }
        catch (SocketException)
        {
            // Reset.
        }

        // The chunked body has no end: nobody takes it for a stream that was over.
        Assert.False(seen.ToString().EndsWith("0\r\n\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task R9_A_body_over_the_limit_is_413_and_stores_nothing()
    {
        await using var server = await TestServer.StartAsync(
            new() { Server = static options => options with { MaxBodySize = 10_000 } }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);

        var (status, body) = await server.AskAsync(
            HttpMethod.Post, $"/session/{session}/message", ServerUnderTest.Prompt(new string('x', 20_000)).ToJsonString(), Cancelled);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        Assert.Contains("larger than this server accepts", body, StringComparison.Ordinal);
        Assert.Empty(await server.MessagesAsync(session, Cancelled));
    }

    [Fact]
    public async Task R9_Events_are_forgotten_when_they_are_too_many_bytes_however_few_they_are()
    {
        const int retained = 100_000;
        await using var server = await TestServer.StartAsync(
            new() { Engine = static options => options with { Journal = new(RetainedBytes: retained) } }, Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var injection = ServerUnderTest.Prompt(new string('x', 5_000));
        injection["noReply"] = true;

        for (var sent = 0; EventIds.Count($"{await server.Engine.Store.FindOldestCursorAsync(Cancelled)}") == 0; sent++)
        {
            Assert.InRange(sent, 0, 100);
            await server.PromptAsync(session, injection, Cancelled);
        }

        var kept = await server.EventsAsync(Cancelled);
        Assert.InRange(kept.Count, 1, 499);
        // It is looked at each time a sixteenth of it has come.
        Assert.InRange(kept.Sum(static stored => (long)stored.Json.Length), 1, retained + (retained / 16) + 20_000);
    }

    [Fact]
    public async Task R9_Readers_that_leave_are_forgotten()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        for (var i = 0; i < 50; i++)
            await (await server.OpenEventsAsync(Cancelled)).DisposeAsync();

        // That a client has gone shows at the latest when it is written to.
        using var safetyNet = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        safetyNet.CancelAfter(TimeSpan.FromSeconds(60));
        while (server.Engine.Hub.SubscriptionCount > 0)
            await server.CreateSessionAsync(cancellationToken: safetyNet.Token);

        Assert.Equal(0, server.Engine.Hub.SubscriptionCount);
    }

    private static async Task<Socket> StallAsync(Uri address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(address.Host, address.Port, Cancelled);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /global/event HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n"), Cancelled);
        // The first bytes tell that the subscription is there; after them nothing is read any more.
        await socket.ReceiveAsync(new byte[1], Cancelled);
        return socket;
    }
}
