using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Engine;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Xunit;

namespace Capstan.Server.Tests.Permissions;

/// <summary>A server whose model calls <c>bash</c> with the commands that a test gives, and one session of it.</summary>
internal sealed class PermissionServer : IAsyncDisposable
{
    private PermissionServer(TestServer server, SseReader events, string session)
    {
        Server = server;
        Events = events;
        Session = session;
    }

    public TestServer Server { get; }

    public SseReader Events { get; }

    public string Session { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <param name="rules">The <c>permission</c> block of the configuration, as JSON text.</param>
    /// <param name="session">The body that creates the session.</param>
    /// <param name="configure">A last hand on the configuration.</param>
    /// <param name="engine">A last hand on the engine's options.</param>
    public static async Task<PermissionServer> StartAsync(
        string rules,
        string session = """{"title":"a test"}""",
        Action<JsonObject>? configure = null,
        Func<EngineOptions, EngineOptions>? engine = null)
    {
        var server = await TestServer.StartAsync(
            new()
            {
                Workspace = new() { Permission = rules, Configure = configure },
                Engine = engine ?? (static options => options),
                // Whatever is due on a clock that a test moves is then the engine's.
                Server = static options => options with { EarlyHeaders = TimeSpan.FromHours(1), Heartbeat = TimeSpan.FromHours(1) },
            },
            Cancelled);
        var events = await server.OpenEventsAsync(Cancelled);
        return new PermissionServer(server, events, await server.CreateSessionAsync(session, Cancelled));
    }

    /// <summary>Prompts; the model calls <c>bash</c> once for each command, side by side, and says "done" when it has the results.</summary>
    public Task<JsonElement> RunAsync(params IReadOnlyList<string> commands) => RunInAsync(Session, commands);

    /// <inheritdoc cref="RunAsync"/>
    public Task<JsonElement> RunInAsync(string session, params IReadOnlyList<string> commands)
    {
        var name = $"run {string.Join(" and ", commands)}";
        Server.Model.Set(
            name,
            new ModelStep { Tools = [.. commands.Select(static command => ModelToolCall.Of("bash", JsonSerializer.Serialize(new { command })))] },
            ModelStep.Say("done"));
        return Server.PromptAsync(session, $"[script:{name}]", Cancelled);
    }

    /// <summary>The next request that somebody is asked.</summary>
    public async Task<JsonElement> AskedAsync() => (await Events.UntilAsync("permission.asked")).Properties;

    /// <summary>Answers a request.</summary>
    public Task ReplyAsync(JsonElement request, string reply, string? message = null) =>
        Server.ReplyAsync(ID(request), reply, message, Cancelled);

    /// <summary>How many requests were announced so far; the session's turn has ended before.</summary>
    public async Task<int> CountAskedAsync()
    {
        // A session that comes after all else tells that no event of the turn is still under way.
        var last = await Server.CreateSessionAsync(cancellationToken: Cancelled);
        await Events.UntilAsync("session.created", last);
        return Events.Seen.Count(static seen => seen.Type == "permission.asked");
    }

    /// <summary>What the tools have answered the model in the last call, in their order.</summary>
    public IReadOnlyList<string> Results() =>
        [.. Server.Model.Turns[^1].Body.GetProperty("messages").EnumerateArray()
            .Where(static message => message.GetProperty("role").GetString() == "tool")
            .Select(static message => message.GetProperty("content").GetString()!)];

    /// <summary>Whether a file was made in the workspace.</summary>
    public bool Exists(string file) => File.Exists(Server.Workspace.PathOf(file)) || Directory.Exists(Server.Workspace.PathOf(file));

    public static string ID(JsonElement request) => request.GetProperty("id").GetString()!;

    public static IEnumerable<string?> Patterns(JsonElement request) =>
        request.GetProperty("patterns").EnumerateArray().Select(static pattern => pattern.GetString());

    public async ValueTask DisposeAsync()
    {
        await Events.DisposeAsync();
        await Server.DisposeAsync();
    }
}
