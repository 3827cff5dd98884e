using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Testing.Captures;
using Capstan.Testing.Models;
using Capstan.Testing.Servers;
using Capstan.Testing.Streams;
using Capstan.Testing.Time;
using Xunit;

namespace Capstan.Server.Tests.Captures;

/// <summary>
/// Plays a capture's requests against our server, with the model saying what it said then, and compares what comes out.
/// When each request is sent is the test's to say, by the event that it waits for; the clock stands still unless a test moves it.
/// </summary>
internal sealed class CaptureReplay : IAsyncDisposable
{
    private readonly CaptureRequest[] _requests;
    private readonly CaptureResponse[] _responses;
    private readonly List<string> _permissions = [];
    private readonly SseReader _events;

    private CaptureReplay(CaptureFile capture, TestServer server, FakeTime time, SseReader events, string sessionID)
    {
        Capture = capture;
        Server = server;
        Time = time;
        _events = events;
        SessionID = sessionID;
        _requests = [.. capture.Requests];
        _responses = [.. capture.Responses];
    }

    public CaptureFile Capture { get; }

    public TestServer Server { get; }

    public FakeTime Time { get; }

    public string SessionID { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Starts a server for a capture.</summary>
    /// <param name="scenario">The capture.</param>
    /// <param name="adapt">Changes a scripted step: pauses of the captured model become gates that the test opens.</param>
    public static async Task<CaptureReplay> StartAsync(string scenario, Func<ModelStep, ModelStep>? adapt = null)
    {
        var time = new FakeTime();
        var capture = CaptureFile.Load(scenario);
        var server = await TestServer.StartAsync(
            new TestServerOptions
            {
                Workspace = new()
                {
                    Permission = """{"bash":{"*":"ask","echo *":"allow"},"webfetch":"deny"}""",
                    // The captured thinking model and the one that writes patches had no price.
                    Configure = static configuration =>
                    {
                        configuration["provider"]!["fake"]!["models"]!["think"]!.AsObject().Remove("cost");
                        configuration["provider"]!["fake"]!["models"]!["gpt-5-fake"]!.AsObject().Remove("cost");
                        configuration["agent"] = JsonNode.Parse("""{"two":{"steps":2}}""");
                    },
                },
                Engine = options => options with { Time = time },
                // So that the only timers near a retry are the retry's own.
                Server = static options => options with { EarlyHeaders = TimeSpan.FromHours(1), Heartbeat = TimeSpan.FromHours(1) },
            },
            Cancelled);
        // Of the captured workspace git knew no configuration file.
        server.Workspace.Write(".git/info/exclude", "opencode.json\n");
        foreach (var script in capture.Scripts(server.Directory))
            server.Model.Set(adapt is null ? script : script with { Steps = [.. script.Steps.Select(adapt)] });
        var events = await server.OpenEventsAsync(Cancelled);
        return new CaptureReplay(capture, server, time, events, await server.CreateSessionAsync("{}", Cancelled));
    }

    /// <summary>Sends a request of the capture and returns the status and body that it is answered with.</summary>
    public async Task<(int Status, JsonElement? Body)> SendAsync(int request)
    {
        var sent = _requests[request];
        var path = sent.Path.Replace("ses_1", SessionID, StringComparison.Ordinal);
        for (var i = 0; i < _permissions.Count; i++)
            path = path.Replace($"per_{i + 1}", _permissions[i], StringComparison.Ordinal);
        var (status, body) = await Server.AskAsync(
            new HttpMethod(sent.Method),
            path,
            sent.Body?.GetRawText().Replace("$DIR", JsonEncodedText.Encode(Server.Directory).Value, StringComparison.Ordinal),
            Cancelled);
        return ((int)status, body.Length == 0 ? null : JsonElement.Parse(body));
    }

    /// <summary>Takes events until one matches.</summary>
    public Task<SseEvent> UntilAsync(Func<SseEvent, bool> matches) => _events.UntilAsync(matches);

    /// <summary>Takes events up to permission requests, which the requests that follow may answer.</summary>
    /// <param name="count">How many. Tools that run beside each other ask in any order; here they are sorted by what they ask for.</param>
    public async Task UntilAskedAsync(int count = 1)
    {
        var asked = new List<JsonElement>();
        while (asked.Count < count)
            asked.Add((await _events.UntilAsync("permission.asked")).Properties);
        _permissions.AddRange(asked
            .OrderBy(static request => request.GetProperty("metadata").GetRawText(), StringComparer.Ordinal)
            .Select(static request => request.GetProperty("id").GetString()!));
    }

    /// <summary>Takes events up to the next retry, and moves the clock over its wait.</summary>
    public async Task<DateTimeOffset> PassRetryAsync()
    {
        var retry = await _events.UntilAsync(IsRetry);
        var next = DateTimeOffset.FromUnixTimeMilliseconds(retry.Properties.GetProperty("status").GetProperty("next").GetInt64());
        await Time.PassAsync(next, Cancelled);
        return next;
    }

    /// <summary>Compares all events of the session up to now, and that what holds for every stream holds for this one.</summary>
    /// <param name="rules">What may vary from run to run.</param>
    /// <param name="detail">How closely each event is compared.</param>
    /// <param name="differences">Where we mean to differ, besides what is so in every turn.</param>
    /// <param name="circumstances">What says nothing about the server.</param>
    public async Task CompareEventsAsync(
        EventRules rules,
        EventDetail detail = EventDetail.Fields,
        IReadOnlyList<IntendedDifference>? differences = null,
        IReadOnlyList<IntendedDifference>? circumstances = null)
    {
        circumstances ??= [];
        var expected = IntendedDifferences.Apply(Capture.Events, [IntendedDifferences.OneIdle, .. differences ?? [], .. circumstances]);
        await UntilTitledAsync(expected);
        // A session that comes after all else in the lane of the first tells that nothing of that one is still under way.
        string last;
        do
        {
            last = await Server.CreateSessionAsync(cancellationToken: Cancelled);
            await _events.UntilAsync("session.created", last);
        }
        while (await LaneAsync(last) != await LaneAsync(SessionID));
        var actual = _events.Seen.Select(static seen => seen.Payload).ToList();
        Assert.Empty(EventInvariants.Violations(actual));
        var found = IntendedDifferences.Apply(actual, circumstances);
        new EventComparison { Rules = rules, Detail = detail, Directory = Server.Directory }.Require(expected, found);
        // Of what comes from work beside the turn, the places are free and what is said in the end is not.
        Assert.Null(FinalStates.Difference(expected, found, Server.Directory));
    }

    /// <summary>Compares an answer with the capture's answer to the same path.</summary>
    public void CompareAnswer((int Status, JsonElement? Body) answer, int response, params string[] except)
    {
        var expected = _responses[response];
        Assert.Equal(expected.Status, answer.Status);
        if (answer.Body is not { } body)
            return;
        var left = new EventNormalizer().Normalize(expected.Body!.Value);
        var right = new EventNormalizer(Server.Directory).Normalize(body);
        foreach (var name in except)
        {
            (left!["info"] as JsonObject)!.Remove(name);
            (right!["info"] as JsonObject)!.Remove(name);
        }

        Assert.Null(EventComparison.FirstDifference(left, right, ""));
    }

    public async ValueTask DisposeAsync()
    {
        await _events.DisposeAsync();
        await Server.DisposeAsync();
    }

    /// <summary>Waits for the captured title, which a call beside the turn makes and which may come after the turn's end.</summary>
    private async Task UntilTitledAsync(IEnumerable<JsonElement> expected)
    {
        if (Title(expected) is { } title && !title.StartsWith("New session", StringComparison.Ordinal)
            && Title(_events.Seen.Select(static seen => seen.Payload)) != title)
        {
            await _events.UntilAsync(seen => Title([seen.Payload]) == title);
        }
    }

    private static string? Title(IEnumerable<JsonElement> events) => events
        .Where(static data => new EventView(data).Type == "session.updated")
        .Select(static data => new EventView(data).Event.GetProperty("properties").GetProperty("info").GetProperty("title").GetString())
        .LastOrDefault();

    private async Task<int> LaneAsync(string session) =>
        (await Server.EventsAsync(Cancelled)).First(stored => stored.SessionID == session).Lane;

    private static bool IsRetry(SseEvent seen) =>
        seen.Type == "session.status" && seen.Properties.GetProperty("status").GetProperty("type").GetString() == "retry";
}
