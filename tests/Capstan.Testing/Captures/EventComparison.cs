using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Capstan.Testing.Captures;

/// <summary>
/// Compares a stream of events with a captured one, session by session (sessions are matched in order of appearance):
/// 1. drop what the rules ignore; 2. collapse and join what they allow to vary in number; 3. normalise, so that numbering
/// counts only what is compared; 4. split into lanes, one a session, and with <see cref="EventRules.PartsInParallel"/>
/// one a part besides; 5. compare lane by lane.
/// </summary>
public sealed class EventComparison
{
    /// <summary>What is overlooked.</summary>
    public EventRules Rules { get; init; } = EventRules.Conformance;

    /// <summary>How closely each event is compared.</summary>
    public EventDetail Detail { get; init; } = EventDetail.Types;

    /// <summary>The absolute path of the workspace behind the actual events.</summary>
    public string? Directory { get; init; }

    /// <summary>Fails with a report that shows both streams where they part.</summary>
    /// <exception cref="EventMismatchException">They differ.</exception>
    public void Require(IEnumerable<JsonElement> expected, IEnumerable<JsonElement> actual)
    {
        if (Differences(expected, actual) is { Count: > 0 } differences)
            throw new EventMismatchException(string.Join("\n\n", differences));
    }

    /// <summary>One description for each lane that differs; empty when the streams agree.</summary>
    public IReadOnlyList<string> Differences(IEnumerable<JsonElement> expected, IEnumerable<JsonElement> actual)
    {
        var left = Lanes(expected, null);
        var right = Lanes(actual, Directory);
        var differences = new List<string>();
        foreach (var lane in left.Keys.Union(right.Keys))
        {
            var difference = Compare(lane, left.GetValueOrDefault(lane) ?? [], right.GetValueOrDefault(lane) ?? []);
            if (difference is not null)
                differences.Add(difference);
        }

        return differences;
    }

    private Dictionary<string, List<(string Label, JsonNode? Event)>> Lanes(IEnumerable<JsonElement> events, string? directory)
    {
        var normalizer = new EventNormalizer(directory);
        var lanes = new Dictionary<string, List<(string, JsonNode?)>>();
        foreach (var data in Reduce(events))
        {
            var normal = normalizer.Normalize(data.Event)!;
            var view = new EventView(JsonSerializer.SerializeToElement(normal));
            var lane = view.SessionId ?? "(no session)";
            if (Rules.HasFlag(EventRules.PartsInParallel) && view.PartId is { } part)
                lane = $"{lane} {part}";
            else if (Rules.HasFlag(EventRules.PartsInParallel) && view.Type.StartsWith("permission.", StringComparison.Ordinal))
                lane = $"{lane} permissions";
            if (!lanes.TryGetValue(lane, out var list))
                lanes[lane] = list = [];
            list.Add((view.Label(), normal));
        }

        return lanes;
    }

    private List<EventView> Reduce(IEnumerable<JsonElement> events)
    {
        var busy = new HashSet<string?>();
        var running = new HashSet<string?>();
        var views = new List<EventView>();
        foreach (var data in events)
        {
            var view = new EventView(data);
            if (view.IsIgnored(Rules))
                continue;

            // "In a row" is meant within a lane: with parts apart, their events do not come between.
            if (view.IsBusy && !busy.Add(view.SessionId) && Rules.HasFlag(EventRules.CollapseBusy))
                continue;
            if (!view.IsBusy && !(view.PartId is not null && Rules.HasFlag(EventRules.PartsInParallel)))
                busy.Remove(view.SessionId);
            if (view.IsRunning && !running.Add(view.PartId) && Rules.HasFlag(EventRules.CollapseRunning))
                continue;
            if (Rules.HasFlag(EventRules.JoinDeltas) && view.Delta is { } delta)
            {
                var earlier = views.FindLastIndex(other => other.PartId == view.PartId);
                if (earlier >= 0 && views[earlier].Delta is { } before)
                {
                    views[earlier] = new EventView(WithDelta(view.Event, before + delta));
                    continue;
                }
            }

            views.Add(view);
        }

        return views;
    }

    private static JsonElement WithDelta(JsonElement data, string delta)
    {
        var copy = JsonSerializer.SerializeToNode(data)!;
        copy["properties"]!["delta"] = delta;
        return JsonSerializer.SerializeToElement(copy);
    }

    private string? Compare(string lane, List<(string Label, JsonNode? Event)> expected, List<(string Label, JsonNode? Event)> actual)
    {
        for (var i = 0; i < Math.Max(expected.Count, actual.Count); i++)
        {
            if (i < expected.Count && i < actual.Count && Same(expected[i], actual[i], out var where))
                continue;
            where = i < expected.Count && i < actual.Count && expected[i].Label == actual[i].Label
                ? FirstDifference(expected[i].Event, actual[i].Event, "") : null;
            return Report(lane, i, where, expected, actual);
        }

        return null;
    }

    private bool Same((string Label, JsonNode? Event) expected, (string Label, JsonNode? Event) actual, out string? where)
    {
        where = null;
        if (expected.Label != actual.Label)
            return false;
        where = Detail == EventDetail.Fields ? FirstDifference(expected.Event, actual.Event, "") : null;
        return where is null;
    }

    /// <summary>The first path at which two bodies differ, with both values; null when they agree. Key order is free.</summary>
    public static string? FirstDifference(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected, actual)
        {
            case (JsonObject left, JsonObject right):
                return left.Select(property => property.Key).Union(right.Select(property => property.Key))
                    .Select(key => !left.ContainsKey(key) ? $"{path}.{key}: unexpected {right[key]?.ToJsonString() ?? "null"}"
                        : !right.ContainsKey(key) ? $"{path}.{key}: missing, expected {left[key]?.ToJsonString() ?? "null"}"
                        : FirstDifference(left[key], right[key], $"{path}.{key}"))
                    .FirstOrDefault(difference => difference is not null);
            case (JsonArray left, JsonArray right) when left.Count == right.Count:
                return left.Select((item, i) => FirstDifference(item, right[i], $"{path}[{i}]"))
                    .FirstOrDefault(difference => difference is not null);
            case (JsonValue left, JsonValue right) when IsPlaceholder(left) && right.GetValueKind() == JsonValueKind.String:
                return null;
            default:
                return JsonNode.DeepEquals(expected, actual)
                    ? null
                    : $"{path}: expected {expected?.ToJsonString() ?? "null"}, found {actual?.ToJsonString() ?? "null"}";
        }
    }

    // The captures leave out texts that are not ours to copy: "<compaction-continue text>".
    private static bool IsPlaceholder(JsonValue value) =>
        value.TryGetValue<string>(out var text) && text is ['<', .., '>'] && !text.AsSpan(1, text.Length - 2).ContainsAny("<>/\n");

    private static string Report(
        string lane, int at, string? where, List<(string Label, JsonNode? Event)> expected, List<(string Label, JsonNode? Event)> actual)
    {
        var report = new StringBuilder($"{lane}: differs at {at} {where}");
        for (var i = Math.Max(0, at - 3); i < Math.Min(Math.Max(expected.Count, actual.Count), at + 6); i++)
        {
            var left = i < expected.Count ? expected[i].Label : "(end)";
            var right = i < actual.Count ? actual[i].Label : "(end)";
            report.Append('\n').Append(i == at ? "> " : "  ").Append(left.PadRight(48)).Append(" | ").Append(right);
        }

        return report.ToString();
    }
}
