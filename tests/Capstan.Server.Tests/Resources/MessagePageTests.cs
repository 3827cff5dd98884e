using System.Text.Json;
using Capstan.Testing.Servers;
using Xunit;

namespace Capstan.Server.Tests.Resources;

/// <summary><c>GET /session/{id}/message</c>: the newest page first, and a cursor for the one before it, in two headers.</summary>
public sealed class MessagePageTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_history_is_read_page_by_page_from_its_end()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await FillAsync(server, 5);
        var path = $"/session/{session}/message?limit=2&x=%C3%A4";

        var (texts, cursor, link) = await ReadAsync(server, path);
        Assert.Equal(["4", "5"], texts);
        Assert.Equal($"<{server.Address.GetLeftPart(UriPartial.Authority)}/session/{session}/message?limit=2&x=%C3%A4&before={cursor}>; rel=\"next\"", link);
        (texts, var second, link) = await ReadAsync(server, $"{path}&before={cursor}");
        Assert.Equal(["2", "3"], texts);
        Assert.NotEqual(cursor, second);
        // The cursor of the page before takes the place of the one that was asked with.
        Assert.EndsWith($"/session/{session}/message?limit=2&x=%C3%A4&before={second}>; rel=\"next\"", link, StringComparison.Ordinal);
        (texts, cursor, link) = await ReadAsync(server, $"{path}&before={second}");
        Assert.Equal(["1"], texts);
        Assert.Equal((null, null), (cursor, link));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?limit=0")]
    [InlineData("?limit=3")]
    [InlineData("?limit=99999999999")]
    [InlineData("?before=")]
    public async Task Without_a_limit_that_is_less_all_of_it_is_read(string query)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await FillAsync(server, 3);
        Assert.Equal((null, null), Headers(await ReadAsync(server, $"/session/{session}/message{query}")));
        Assert.Equal(["1", "2", "3"], (await ReadAsync(server, $"/session/{session}/message{query}")).Texts);
    }

    [Fact]
    public async Task A_long_history_arrives_whole()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var texts = Enumerable.Range(1, 6).Select(static i => new string((char)('a' + i), 40_000)).ToList();
        foreach (var text in texts)
            await InjectAsync(server, session, text);
        Assert.Equal(texts, (await ReadAsync(server, $"/session/{session}/message")).Texts);
    }

    [Theory]
    [InlineData("?before=garbage&limit=2", "The cursor is not one of ours\n  at [\"before\"]")]
    [InlineData("?before=e30&limit=2", "The cursor is not one of ours\n  at [\"before\"]")]
    [InlineData("?before=eyJpZCI6Im1zZ18xIiwidGltZSI6MX0", "\"before\" needs a \"limit\"\n  at [\"limit\"]")]
    [InlineData("?before=eyJpZCI6Im1zZ18xIiwidGltZSI6MX0&limit=0", "\"before\" needs a \"limit\"\n  at [\"limit\"]")]
    [InlineData("?limit=-1", "Expected a whole number from 0, got \"-1\"\n  at [\"limit\"]")]
    public async Task R12_A_page_that_cannot_be_meant_is_refused(string query, string problem)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        var session = await FillAsync(server, 1);
        var (status, text) = await server.AskAsync(HttpMethod.Get, $"/session/{session}/message{query}", null, Cancelled);
        Assert.Equal(400, (int)status);
        Assert.Equal(problem, JsonElement.Parse(text).GetProperty("data").GetProperty("message").GetString());
    }

    private static (string?, string?) Headers((IReadOnlyList<string> Texts, string? Cursor, string? Link) page) => (page.Cursor, page.Link);

    private static async Task<string> FillAsync(TestServer server, int count)
    {
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        for (var i = 1; i <= count; i++)
            await InjectAsync(server, session, $"{i}");
        return session;
    }

    private static async Task InjectAsync(TestServer server, string session, string text)
    {
        var prompt = ServerUnderTest.Prompt(text);
        prompt["noReply"] = true;
        await server.PromptAsync(session, prompt, Cancelled);
    }

    private static async Task<(IReadOnlyList<string> Texts, string? Cursor, string? Link)> ReadAsync(TestServer server, string path)
    {
        using var response = await server.SendAsync(HttpMethod.Get, path, cancellationToken: Cancelled);
        response.EnsureSuccessStatusCode();
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var messages = JsonElement.Parse(await response.Content.ReadAsStringAsync(Cancelled)).EnumerateArray();
        return (
            [.. messages.Select(static message => message.GetProperty("parts")[0].GetProperty("text").GetString()!)],
            Header(response, "x-next-cursor"),
            Header(response, "link"));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
