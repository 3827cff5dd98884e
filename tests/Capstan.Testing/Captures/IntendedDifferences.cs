using System.Text.Json;
using System.Text.Json.Nodes;

namespace Capstan.Testing.Captures;

/// <summary>
/// All points in which Capstan means to differ from the captured server. Two need no rewriting, because the comparison overlooks the
/// position of these events anyway: <c>session.updated</c>, <c>session.diff</c> and the summary of the user message come before the
/// session is idle and not after it, and versions differ.
/// </summary>
public static class IntendedDifferences
{
    /// <summary>One pair of <c>session.status idle</c> and <c>session.idle</c> at the end of a turn, also after errors and aborts.</summary>
    public static IntendedDifference OneIdle { get; } = new(
        "One idle",
        "The first of the two comes while the message is still open: a client that believes it sends its next prompt into a running turn.",
        static events => events.Where((data, at) => !IsIdle(data) || !IsIdleAgain(events, at)));

    /// <summary>Requests that wait when a turn is aborted are settled with <c>permission.replied reject</c>.</summary>
    public static IntendedDifference AbortSettlesPermissions { get; } = new(
        "An abort settles permission requests",
        "Whoever asked is gone. A request that stays would be answered into the void, and no face would know that it is over.",
        static events =>
        {
            var open = events.Where(static data => Type(data) == "permission.asked").ToDictionary(static data => Text(data, "id")!);
            foreach (var replied in events.Where(static data => Type(data) == "permission.replied"))
                open.Remove(Text(replied, "requestID")!);
            var end = events.ToList().FindLastIndex(static data => Type(data) == "session.status");
            return events.Take(end).Concat(open.Values.Select(static asked => Event("permission.replied", new JsonObject
            {
                ["sessionID"] = Text(asked, "sessionID"), ["requestID"] = Text(asked, "id"), ["reply"] = "reject",
            }))).Concat(events.Skip(end));
        });

    /// <summary>A retry removes the parts of the attempt that broke off.</summary>
    public static IntendedDifference RetryRemovesParts { get; } = new(
        "A retry removes what broke off",
        "What stays behind is an empty text without an end and a second step-start, which every client shows for ever.",
        static events => events.SelectMany((data, at) => IsStatus(data, "retry") ? [.. Removals(events, at), data] : new[] { data }));

    /// <summary>How an attached file is announced to the model, and how it is told of a mentioned agent. The file's content is not among it.</summary>
    public static IntendedDifference OwnWords { get; } = new(
        "Words for what was attached",
        "OpenCode says that it called a tool, which nobody did, and asks the model to call the task tool, which is not there yet.",
        static events => events.Select(static data =>
        {
            if (data["properties"]?["part"] is JsonObject part && Text(data, "part", "text") is { } text
                && (text.StartsWith("Called the Read tool", StringComparison.Ordinal) || text.Contains("<agent-mention", StringComparison.Ordinal)))
            {
                part["text"] = "<own words>";
            }

            return data;
        }));

    /// <summary>The question whether a call may repeat itself names the call.</summary>
    public static IntendedDifference LoopNamesItsCall { get; } = new(
        "A loop's question names its call",
        "OpenCode's has no tool; a face that shows the call that asks would have nowhere to show it.",
        static events => events.Select((data, at) =>
        {
            if (Type(data) == "permission.asked" && Text(data, "permission") == "doom_loop")
            {
                var call = events.Take(at).Last(static before => Text(before, "part", "state", "status") == "running");
                data["properties"]!["tool"] = new JsonObject
                {
                    ["messageID"] = Text(call, "part", "messageID"), ["callID"] = Text(call, "part", "callID"),
                };
            }

            return data;
        }));

    /// <summary>A prompt that waits when a turn is aborted gets a turn of its own. Applied to both streams: they agree up to there.</summary>
    public static IntendedDifference WaitingPromptsAreAnswered { get; } = new(
        "What waits is answered",
        "Accepted means answered. On OpenCode such a prompt stays without an answer for ever.",
        static events => events.Take(1 + events.ToList().FindIndex(static data => Text(data, "info", "error", "name") == "MessageAbortedError")));

    /// <summary>An unknown agent or model is refused, and nothing is stored.</summary>
    public static IntendedDifference RefusedEarly { get; } = new(
        "Refused early",
        "A prompt that cannot be answered is 400 with the reason; OpenCode stores it, answers 500 and tells the reason in an event.",
        static _ => []);

    /// <summary>A session says what its turns changed. Applied to both streams.</summary>
    public static IntendedDifference SessionsSumUp { get; } = new(
        "Sessions sum up what changed",
        "A summary that says nothing, although files were changed, is none.",
        static events => events.Select(static data =>
        {
            if (Type(data) == "session.updated")
                data["properties"]!["info"]!.AsObject().Remove("summary");
            if (Type(data) == "session.diff")
                data["properties"]!["diff"] = new JsonArray();
            return data;
        }));

    /// <summary>Applies differences to a stream, one after another.</summary>
    public static IReadOnlyList<JsonElement> Apply(IEnumerable<JsonElement> events, IEnumerable<IntendedDifference> differences)
    {
        IReadOnlyList<JsonObject> rewritten = [.. events.Select(static data => JsonSerializer.SerializeToNode(data)!.AsObject())];
        foreach (var difference in differences)
            rewritten = [.. difference.Rewrite(rewritten)];
        return [.. rewritten.Select(static data => JsonSerializer.SerializeToElement(data))];
    }

    private static string? Type(JsonObject data) => data["type"]?.GetValue<string>();

    private static string? Text(JsonObject data, params ReadOnlySpan<string> path)
    {
        var at = data["properties"];
        foreach (var name in path)
            at = (at as JsonObject)?[name];
        return (at as JsonValue)?.TryGetValue<string>(out var text) == true ? text : null;
    }

    private static bool IsStatus(JsonObject data, string status) =>
        Type(data) == "session.status" && Text(data, "status", "type") == status;

    private static bool IsIdle(JsonObject data) => IsStatus(data, "idle") || Type(data) == "session.idle";

    /// <summary>Whether the session becomes idle once more without having been busy again.</summary>
    private static bool IsIdleAgain(IReadOnlyList<JsonObject> events, int at)
    {
        var session = Text(events[at], "sessionID");
        var later = events.Skip(at + 1).Where(data => Text(data, "sessionID") == session)
            .TakeWhile(static data => !IsStatus(data, "busy"));
        return later.Any(data => Type(data) == Type(events[at]) && IsIdle(data));
    }

    private static IEnumerable<JsonObject> Removals(IReadOnlyList<JsonObject> events, int retry)
    {
        var attempt = events.Take(retry).Reverse().TakeWhile(static data => !IsStatus(data, "busy")).Reverse();
        return attempt.Where(static data => Type(data) == "message.part.updated")
            .DistinctBy(static data => Text(data, "part", "id"))
            .Select(static data => Event("message.part.removed", new JsonObject
            {
                ["sessionID"] = Text(data, "sessionID"),
                ["messageID"] = Text(data, "part", "messageID"),
                ["partID"] = Text(data, "part", "id"),
            }));
    }

    private static JsonObject Event(string type, JsonObject properties) =>
        new() { ["id"] = "evt_*", ["type"] = type, ["properties"] = properties };
}
