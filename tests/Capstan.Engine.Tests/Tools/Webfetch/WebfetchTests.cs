using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Capstan.Engine.Permissions;
using Capstan.Engine.Tools;
using Capstan.Testing.Time;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Capstan.Engine.Tests.Tools.Webfetch;

public sealed class WebfetchTests : WebfetchTest
{
    [Fact]
    public async Task A_page_is_returned_as_Markdown_as_text_and_as_it_is()
    {
        await using var server = await PageServer.StartAsync(Cancel);
        const string Html = "<html><body><h1>Top</h1><p>One <b>bold</b></p></body></html>";
        server.Answer = Page("text/html; charset=utf-8", Html);

        var result = await FetchAsync(server.Url("/x"));

        Assert.Equal("# Top\n\nOne **bold**", result.Output);
        Assert.Equal($"{server.Url("/x")} (text/html; charset=utf-8)", result.Title);
        Assert.Equal("""{"truncated":false}""", result.Metadata.ToJsonString());
        Assert.Equal("Top\n\nOne bold", (await FetchAsync(server.Url("/x"), "text")).Output);
        Assert.Equal(Html, (await FetchAsync(server.Url("/x"), "html")).Output);
        Assert.Equal("webfetch", Context.Asks[0].Permission);
        Assert.Equal([server.Url("/x")], Context.Asks[0].Patterns);
        Assert.Equal(["*"], Context.Asks[0].Always);
        Assert.Equal($$"""{"url":"{{server.Url("/x")}}","format":"markdown"}""", Context.Asks[0].Metadata.ToJsonString());
        Assert.Equal(0, Context.Effects);
    }

    [Fact]
    public async Task What_is_no_HTML_is_returned_as_it_is_and_an_image_is_attached()
    {
        await using var server = await PageServer.StartAsync(Cancel);
        server.Answer = Page("application/json", """{"a":"<b>"}""");
        Assert.Equal("""{"a":"<b>"}""", (await FetchAsync(server.Url("/x"))).Output);
        server.Answer = Page("image/svg+xml", "<svg/>");
        Assert.Equal("<svg/>", (await FetchAsync(server.Url("/x"))).Output);

        server.Answer = Page("Image/PNG", "png");
        var image = await FetchAsync(server.Url("/x"));
        Assert.Equal("Image fetched successfully", image.Output);
        Assert.Equal(new ToolAttachment("image/png", "data:image/png;base64,cG5n"), Assert.Single(image.Attachments));

        server.Answer = Page("application/octet-stream", "a\0b");
        Assert.Contains("no text", (await Assert.ThrowsAsync<ToolException>(() => FetchAsync(server.Url("/x")))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain; charset=iso-8859-1", new byte[] { 0x63, 0xE9 }, "cé")]
    [InlineData("text/plain; charset=\"windows-1252\"", new byte[] { 0x80 }, "€")]
    [InlineData("text/plain; charset=no-such-set", new byte[] { 0xC3, 0xA9 }, "é")]
    [InlineData("text/plain", new byte[] { 0xC3, 0xA9 }, "é")]
    [InlineData("text/plain", new byte[] { 0xFF, 0xFE, 0x61, 0x00 }, "a")]
    public async Task The_character_set_is_the_one_that_the_serverNames(string type, byte[] body, string text)
    {
        await using var server = await PageServer.StartAsync(Cancel);
        server.Answer = http =>
        {
            http.Response.ContentType = type;
            return http.Response.Body.WriteAsync(body).AsTask();
        };
        Assert.Equal(text, (await FetchAsync(server.Url("/x"))).Output);
    }

    [Fact]
    public async Task A_long_page_is_cut_at_a_line_and_saved()
    {
        await using var server = await PageServer.StartAsync(Cancel);
        var page = string.Concat(Enumerable.Repeat(new string('x', 99) + "\n", 1000));
        server.Answer = Page("text/plain", page);
        var result = await FetchAsync(server.Url("/x"));
        var saved = (string)result.Metadata["outputPath"]!;
        Assert.True((bool)result.Metadata["truncated"]!);
        Assert.Equal(page, await File.ReadAllTextAsync(saved, Cancel));
        Assert.StartsWith(page[..51_199] + "\n\n...48800 characters truncated...\n", result.Output, StringComparison.Ordinal);
        Assert.Contains(saved, result.Output, StringComparison.Ordinal);

        server.Answer = Page("text/plain", string.Concat(Enumerable.Repeat("x\n", 2001)));
        Assert.Contains("\n...2 characters truncated...\n", (await FetchAsync(server.Url("/x"))).Output, StringComparison.Ordinal);
        server.Answer = Page("text/plain", string.Concat(Enumerable.Repeat("x\n", 2000)));
        Assert.False((bool)(await FetchAsync(server.Url("/x"))).Metadata["truncated"]!);
        server.Answer = Page("text/plain", new string('\u20AC', 20_000));
        Assert.Contains("\n...2934 characters truncated...\n", (await FetchAsync(server.Url("/x"))).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_page_that_is_too_large_is_refused_also_where_it_grows_as_it_is_unpacked(bool isPacked)
    {
        await using var server = await PageServer.StartAsync(Cancel);
        server.Answer = async http =>
        {
            if (isPacked)
                http.Response.Headers.ContentEncoding = "gzip";
            await using var body = isPacked ? new GZipStream(http.Response.Body, CompressionLevel.Fastest) : http.Response.Body;
            // Without a length: what is read is counted, and not what is promised.
            for (var i = 0; i < 6; i++)
                await body.WriteAsync(new byte[1024 * 1024], http.RequestAborted);
        };
        Assert.Contains("larger than 5 MiB", (await Assert.ThrowsAsync<ToolException>(() => FetchAsync(server.Url("/x")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_are_followed_and_each_is_asked_for()
    {
        await using var server = await PageServer.StartAsync(Cancel);
        server.Answer = http =>
        {
            if (http.Request.Path == "/end")
                return http.Response.WriteAsync("end");
            http.Response.Redirect(http.Request.Path == "/start" ? "/middle" : server.Url("/end", "127.0.0.2"));
            return Task.CompletedTask;
        };
        var result = await FetchAsync(server.Url("/start"));
        Assert.Equal("end", result.Output);
        Assert.Equal(["127.0.0.1/start", "127.0.0.1/middle", "127.0.0.2/end"], server.Requests);
        Assert.Equal(
            [server.Url("/start"), "127.0.0.1", server.Url("/middle"), server.Url("/end", "127.0.0.2"), "127.0.0.2"],
            Context.Asks.Select(static ask => ask.Patterns[0]));
    }

    [Theory]
    [InlineData("file:///etc/passwd", "what is no page")]
    [InlineData("ftp://127.0.0.1/", "what is no page")]
    [InlineData("/again", "more than 10 times")]
    public async Task Redirects_lead_only_to_pages_and_not_without_end(string target, string problem)
    {
        await using var server = await PageServer.StartAsync(Cancel);
        server.Answer = http =>
        {
            http.Response.Redirect(target);
            return Task.CompletedTask;
        };
        Assert.Contains(problem, (await Assert.ThrowsAsync<ToolException>(() => FetchAsync(server.Url("/x")))).Message, StringComparison.Ordinal);
        Assert.InRange(server.Requests.Count, 1, 11);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("example.invalid/x")]
    [InlineData("")]
    [InlineData("http://")]
    public async Task What_is_no_address_of_a_page_is_refused_before_anybody_is_asked(string url)
    {
        Assert.Contains("must begin with http", (await Assert.ThrowsAsync<ToolException>(() => FetchAsync(url))).Message, StringComparison.Ordinal);
        Assert.Empty(Context.Asks);
    }

    [Fact]
    public async Task What_cannot_be_fetched_is_told()
    {
        await using var server = await PageServer.StartAsync(Cancel);
        server.Answer = static http =>
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        Assert.Contains("status 404", (await Assert.ThrowsAsync<ToolException>(() => FetchAsync(server.Url("/x")))).Message, StringComparison.Ordinal);
        Names["nobody.test"] = [];
        Assert.Contains("cannot be fetched", (await Assert.ThrowsAsync<ToolException>(() => FetchAsync("http://nobody.test/"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_falls_silent_ends_with_the_timeout_and_with_an_abort()
    {
        await using var server = await PageServer.StartAsync(Cancel);
        var silent = new SemaphoreSlim(0);
        server.Answer = async http =>
        {
            await http.Response.WriteAsync("begin", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            silent.Release();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        };
        var time = new FakeTime();
        var tool = Tool(time: time);

        var late = FetchAsync(server.Url("/x"), tool: tool);
        await silent.WaitAsync(Cancel);
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(late.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("took longer than 30 s", (await Assert.ThrowsAsync<ToolException>(() => late)).Message, StringComparison.Ordinal);

        using var abort = new CancellationTokenSource();
        var aborted = FetchAsync(server.Url("/x"), tool: tool, cancel: abort.Token);
        await silent.WaitAsync(Cancel);
        await abort.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => aborted);
    }

    [Theory]
    [InlineData(0, 30)]
    [InlineData(2.5, 2.5)]
    [InlineData(500, 120)]
    public async Task The_timeout_is_in_seconds_and_does_not_run_while_a_person_decides(double timeout, double seconds)
    {
        await using var server = await PageServer.StartAsync(Cancel);
        var time = new FakeTime();
        var reached = new TaskCompletionSource();
        server.Answer = async http =>
        {
            reached.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        };
        Context.Answer = _ =>
        {
            time.Advance(TimeSpan.FromHours(1));
            return Task.CompletedTask;
        };
        var call = RunAsync(Tool(time: time), new() { ["url"] = server.Url("/x"), ["timeout"] = timeout });
        await reached.Task.WaitAsync(Cancel);
        time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await Assert.ThrowsAsync<ToolException>(() => call);
    }

    [Fact]
    public async Task Nothing_of_a_page_is_kept_for_the_next()
    {
        await using var server = await PageServer.StartAsync(Cancel);
        var cookies = new List<string>();
        var agents = new List<string>();
        server.Answer = http =>
        {
            cookies.Add(http.Request.Headers.Cookie.ToString());
            agents.Add(http.Request.Headers.UserAgent.ToString());
            http.Response.Headers.SetCookie = "a=b";
            return http.Response.WriteAsync("x");
        };
        var tool = Tool();
        await FetchAsync(server.Url("/x"), tool: tool);
        await FetchAsync(server.Url("/x"), tool: tool);
        Assert.Equal(["", ""], cookies);
        Assert.Equal(["capstan/test", "capstan/test"], agents);
    }

    private static Func<HttpContext, Task> Page(string type, string body) => http =>
    {
        http.Response.ContentType = type;
        return http.Response.WriteAsync(body);
    };
}
