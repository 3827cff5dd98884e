using System.Text.Json;
using System.Text.Json.Nodes;

namespace Capstan.Testing.Captures;

/// <summary>
/// What a stream says last of each session, of what changed in its files, and of each user message. These events come from work beside
/// the turn, so that their number and their places vary from run to run; what they say in the end does not.
/// </summary>
public static class FinalStates
{
    /// <summary>The first difference between what two streams say last; null where they agree.</summary>
    /// <param name="expected">The captured stream.</param>
    /// <param name="actual">The stream that is compared with it.</param>
    /// <param name="directory">The absolute path of the workspace behind the actual events.</param>
    public static string? Difference(IEnumerable<JsonElement> expected, IEnumerable<JsonElement> actual, string? directory) =>
        EventComparison.FirstDifference(
            new EventNormalizer().Normalize(Of(expected)), new EventNormalizer(directory).Normalize(Of(actual)), "");

    private static JsonElement Of(IEnumerable<JsonElement> events)
    {
        var sessions = new OrderedDictionary<string, JsonElement>();
        var diffs = new OrderedDictionary<string, JsonElement>();
        var users = new OrderedDictionary<string, JsonElement>();
        foreach (var view in events.Select(static data => new EventView(data)))
        {
            if (!view.Event.TryGetProperty("properties", out var properties))
                continue;
            switch (view.Type)
            {
                case "session.updated":
                    sessions[view.SessionId!] = properties.GetProperty("info");
                    break;
                case "session.diff":
                    diffs[view.SessionId!] = properties.GetProperty("diff");
                    break;
                case "message.updated" when properties.GetProperty("info") is var info && info.GetProperty("role").GetString() == "user":
                    users[info.GetProperty("id").GetString()!] = info;
                    break;
            }
        }

        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["sessions"] = List(sessions.Values),
            ["diffs"] = List(diffs.Values),
            ["users"] = List(users.Values),
        });
    }

    private static JsonArray List(IEnumerable<JsonElement> items) => new([.. items.Select(static item => JsonSerializer.SerializeToNode(item))]);
}
