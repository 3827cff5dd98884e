using System.Net;
using System.Text;
using Capstan.Testing.Streams;
using Xunit;

namespace Capstan.Server.Tests.Kit;

public sealed class SseReaderTests
{
    [Fact]
    public async Task Frames_are_read_with_their_own_ids_and_comments_are_not_frames()
    {
        await using var reader = await OpenAsync(": hello\n\nid: 7\nevent: x\ndata: {\"type\":\"a\",\ndata: \"properties\":{\"sessionID\":\"ses_1\"}}\n\ndata:{\"type\":\"b\"}\r\n\r\n");

        var first = await reader.NextAsync();
        var second = await reader.NextAsync();

        Assert.Equal(("7", "x", "a", "ses_1"), (first!.Id, first.Name, first.Type, first.SessionId));
        Assert.Equal((null, "b"), (second!.Id, second.Type));
        Assert.Null(await reader.NextAsync());
    }

    [Fact]
    public async Task Waiting_for_what_never_comes_says_what_did()
    {
        await using var reader = await OpenAsync("data: {\"type\":\"a\"}\n\n");

        var failure = await Assert.ThrowsAsync<EndOfStreamException>(() => reader.UntilAsync("session.idle"));

        Assert.Contains("\"a\"", failure.Message, StringComparison.Ordinal);
    }

    private static Task<SseReader> OpenAsync(string stream) => SseReader.FromAsync(new HttpResponseMessage(HttpStatusCode.OK)
    {
        Content = new StringContent(stream, Encoding.UTF8, "text/event-stream"),
    });
}
