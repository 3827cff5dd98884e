using System.Net;
using System.Text.Json;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Time;
using Xunit;

namespace Capstan.Server.Tests.Turns;

/// <summary>A synchronous prompt whose turn takes long: headers and blanks go out so that nobody on the way gives up.</summary>
public sealed class KeepAliveTests
{
    private static readonly TimeSpan Early = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Blanks_follow_the_headers_at_their_interval_until_the_answer()
    {
        var time = new FakeTime();
        var gate = new ModelGate(after: 0);
        await using var server = await TestServer.StartAsync(
            new()
            {
                Model = new() { Scripts = [new("late", [ModelStep.Say("at last") with { Gate = gate }])] },
                Engine = options => options with { Time = time },
                Server = static options => options with { EarlyHeaders = Early, KeepAlive = Interval },
            },
            Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/session/{session}/message")
        {
            Content = new StringContent(ServerUnderTest.Prompt("[script:late]").ToJsonString(), null, "application/json"),
        };
        var answer = server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);

        // 1. Nothing before its time; then the headers and the first blank.
        var start = time.GetUtcNow();
        await PassAsync(start + Early);
        using var response = await answer.WaitAsync(SafetyNet, Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        await using var body = await response.Content.ReadAsStreamAsync(Cancelled);
        Assert.Equal(" ", await ReadAsync(body));

        // 2. Each further blank after the interval, and not after the shorter time of the first.
        for (var blank = 1; blank <= 3; blank++)
        {
            await PassAsync(start + Early + (Interval * blank));
            Assert.Equal(" ", await ReadAsync(body));
        }

        // 3. The answer is one JSON value behind them.
        gate.Open();
        using var reader = new StreamReader(body);
        var text = await reader.ReadToEndAsync(Cancelled).WaitAsync(SafetyNet, Cancelled);
        Assert.Equal("assistant", JsonElement.Parse(text).GetProperty("info").GetProperty("role").GetString());

        async Task PassAsync(DateTimeOffset instant)
        {
            await time.TimerAsync(due => due == instant, Cancelled).WaitAsync(SafetyNet, Cancelled);
            time.AdvanceTo(instant);
        }
    }

    private static async Task<string> ReadAsync(Stream body)
    {
        var buffer = new byte[16];
        var read = await body.ReadAsync(buffer, Cancelled).AsTask().WaitAsync(SafetyNet, Cancelled);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, read);
    }
}
