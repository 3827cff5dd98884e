using System.Text.Json;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Xunit;

namespace Capstan.Server.Tests.Events;

/// <summary>What stands around an event on the two streams.</summary>
public sealed class StreamFrameTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/event")]
    [InlineData("/global/event")]
    public async Task R6_Nobody_on_the_way_is_to_keep_or_to_change_a_stream(string path)
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        using var response = await server.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        Assert.Equal((true, true), (response.Headers.CacheControl?.NoCache, response.Headers.CacheControl?.NoTransform));
        Assert.Equal("no", response.Headers.GetValues("x-accel-buffering").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("x-content-type-options").Single());
    }

    [Fact]
    public async Task A_frame_of_the_global_stream_names_directory_and_project_and_changes_of_rows_come_twice()
    {
        await using var server = await TestServer.StartAsync(cancellationToken: Cancelled);
        await using var events = await server.OpenGlobalEventsAsync(Cancelled);
        var session = await server.CreateSessionAsync(cancellationToken: Cancelled);
        var first = await events.UntilAsync("session.created", session);
        var project = (await server.GetAsync($"/session/{session}", Cancelled)).GetProperty("projectID").GetString();
        await server.AbortAsync(session, Cancelled);
        await server.CreateSessionAsync(cancellationToken: Cancelled);
        await events.UntilAsync(static seen => seen.Type == "session.created");

        var connected = events.Seen[0];
        Assert.Equal("server.connected", connected.Type);
        Assert.False(connected.Json.TryGetProperty("directory", out _));
        Assert.False(connected.Json.TryGetProperty("project", out _));
        Assert.Equal((server.Directory, project), (Text(first.Json, "directory"), Text(first.Json, "project")));

        var second = events.Seen[events.Seen.ToList().IndexOf(first) + 1];
        Assert.Equal("sync", second.Type);
        Assert.Equal($"{EventIds.Cursor(first.Id!)}.1", second.Id);
        Assert.Equal((server.Directory, project), (Text(second.Json, "directory"), Text(second.Json, "project")));
        Assert.Equal(Text(first.Payload, "id"), Text(second.Payload, "id"));
        var sync = second.Payload.GetProperty("syncEvent");
        Assert.Equal(
            (Text(first.Payload, "id"), "session.created.1", 0, session),
            (Text(sync, "id"), Text(sync, "type"), sync.GetProperty("seq").GetInt32(), Text(sync, "aggregateID")));
        Assert.Equal(first.Properties.GetRawText(), sync.GetProperty("data").GetRawText());
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
