using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Capstan.Testing.Captures;

/// <summary>
/// What is as it is in a capture because of where and when it was made, and says nothing about the server. Each is taken out of the
/// captured and of the actual stream alike.
/// </summary>
public static partial class CaptureCircumstances
{
    /// <summary>Failures of a connection are told in the words of the HTTP stack.</summary>
    public static IntendedDifference TransportWording { get; } = new(
        "Words for broken connections",
        "The words, and what else is known of the failure, are those of the HTTP stack; there are two.",
        static events => events.Select(static data =>
        {
            if (data["properties"]?["status"] is JsonObject status && status.ContainsKey("message"))
                status["message"] = "<transport>";
            foreach (var error in Errors(data))
            {
                error["message"] = "<transport>";
                error.Remove("metadata");
            }

            return data;
        }));

    /// <summary>Headers that came from the captured model's HTTP stack.</summary>
    public static IntendedDifference ModelHeaders { get; } = new(
        "Headers of the model's server",
        "The model behind the captures ran on another HTTP stack, which sends other headers of its own.",
        static events => events.Select(static data =>
        {
            foreach (var error in Errors(data))
            {
                foreach (var name in new[] { "connection", "date", "keep-alive", "transfer-encoding", "content-length" })
                    (error["responseHeaders"] as JsonObject)?.Remove(name);
            }

            return data;
        }));

    /// <summary>What git printed about the captured workspace's history.</summary>
    public static IntendedDifference GitHistory { get; } = new(
        "The workspace's history",
        "Its commits were others.",
        static events => Replace(events, static text => Commit().Replace(text, "<commit>")));

    /// <summary>How deep the captured workspace was.</summary>
    public static IntendedDifference Depth { get; } = new(
        "The workspace's depth",
        "Paths that lead out of it have as many steps up as it is deep.",
        static events => Replace(events, static text => Up().Replace(text, "../")));

    /// <summary>Which tools a message about an unknown tool lists.</summary>
    public static IntendedDifference ListedTools { get; } = new(
        "The list of tools",
        "Which tools there are is tested where they are offered.",
        static events => Replace(events, static text => Tools().Replace(text, "Available tools: (…).")));

    /// <summary>What the first of several running updates of a tool carries.</summary>
    public static IntendedDifference FirstRunning { get; } = new(
        "The first running update",
        "The captured server's first output may overtake its plain update, and then still carries the name that the model used.",
        static events => events.Select(static data =>
        {
            if (data["properties"]?["part"] is JsonObject part && part["state"]?["status"]?.GetValue<string>() == "running")
            {
                part["state"]!.AsObject().Remove("metadata");
                part["tool"] = part["tool"]!.GetValue<string>().ToLowerInvariant();
            }

            return data;
        }));

    /// <summary>How many words of an answer had arrived when its connection broke.</summary>
    public static IntendedDifference BrokenWords { get; } = new(
        "The words before a break",
        "A reset overtakes what was sent before it, or does not.",
        static events => events.Where((data, at) => data["type"]!.GetValue<string>() != "message.part.delta"
            || !events.Skip(at).SkipWhile(static later => later["type"]!.GetValue<string>() == "message.part.delta")
                .TakeWhile(static later => later["type"]!.GetValue<string>() is "message.part.removed" or "session.status"
                    || later["type"]!.GetValue<string>() is "session.updated" or "session.diff" or "message.updated")
                .Any(static later => later["properties"]?["status"]?["type"]?.GetValue<string>() == "retry")));

    /// <summary>In which order tools that run beside each other ask.</summary>
    public static IntendedDifference ParallelRequests { get; } = new(
        "The order of requests",
        "Tools that run beside each other ask in any order.",
        static events =>
        {
            var asked = new Queue<JsonObject>(events.Where(IsAsked)
                .OrderBy(static data => data["properties"]!["metadata"]!.ToJsonString(), StringComparer.Ordinal));
            return [.. events.Select(data => IsAsked(data) ? asked.Dequeue() : data)];
        });

    /// <summary>How far the attempt came after which no other was made.</summary>
    public static IntendedDifference LastAttempt { get; } = new(
        "The last attempt",
        "The captured server's last attempt found the connection broken before the answer began; ours is in the middle of it again.",
        static events =>
        {
            var retry = events.ToList().FindLastIndex(static data => data["properties"]?["status"]?["type"]?.GetValue<string>() == "retry");
            return events.Where((data, at) =>
                at < retry || data["type"]!.GetValue<string>().StartsWith("message.part.", StringComparison.Ordinal) is false);
        });

    private static bool IsAsked(JsonObject data) => data["type"]!.GetValue<string>() == "permission.asked";

    private static IEnumerable<JsonObject> Errors(JsonObject data) =>
        new[] { data["properties"]?["error"]?["data"], data["properties"]?["info"]?["error"]?["data"] }.OfType<JsonObject>();

    private static IEnumerable<JsonObject> Replace(IReadOnlyList<JsonObject> events, Func<string, string> replace) =>
        events.Select(data => (JsonObject)Replace(data, replace)!);

    private static JsonNode? Replace(JsonNode? node, Func<string, string> replace) => node switch
    {
        JsonObject found => new JsonObject(found.Select(property => KeyValuePair.Create(property.Key, Replace(property.Value, replace)))),
        JsonArray found => new JsonArray([.. found.Select(item => Replace(item, replace))]),
        JsonValue found when found.TryGetValue<string>(out var text) => JsonValue.Create(replace(text)),
        _ => node?.DeepClone(),
    };

    [GeneratedRegex(@"\b[0-9a-f]{7} \w+")]
    private static partial Regex Commit();

    [GeneratedRegex(@"(?:\.\./)+")]
    private static partial Regex Up();

    [GeneratedRegex(@"Available tools: [^.]*\.")]
    private static partial Regex Tools();
}
