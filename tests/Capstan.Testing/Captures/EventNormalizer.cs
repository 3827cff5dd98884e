using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Capstan.Testing.Captures;

/// <summary>
/// Takes out of events and bodies what differs from run to run: identifiers are renumbered in order of appearance, times
/// zeroed, the workspace becomes <c>$DIR</c>; slugs, hashes, ports, call ids and versions become placeholders. One
/// normaliser serves one stream: numbering goes on from event to event. Normalising twice changes nothing.
/// </summary>
/// <param name="directory">The workspace's absolute path; null when the text has <c>$DIR</c> already.</param>
public sealed partial class EventNormalizer(string? directory = null)
{
    private readonly Dictionary<string, string> _ids = [];
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>The normalised form.</summary>
    public JsonNode? Normalize(JsonElement value) => Visit(value, "", inTime: false);

    /// <summary>The normalised form of a plain text.</summary>
    public string Normalize(string text)
    {
        if (directory is not null)
            text = text.Replace(directory, "$DIR", StringComparison.Ordinal);
        text = Identifier().Replace(text, match => Renumber(match.Value, match.Groups[1].Value));
        text = Instant().Replace(text, "<iso>");
        text = Hash().Replace(text, "<sha1>");
        return Port().Replace(text, "$1PORT");
    }

    private JsonNode? Visit(JsonElement value, string name, bool inTime)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var visited = new JsonObject();
                foreach (var property in value.EnumerateObject())
                    visited[property.Name] = Visit(property.Value, property.Name, inTime || property.Name == "time");
                return visited;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(item => Visit(item, name, inTime))]);
            case JsonValueKind.Number when inTime || name == "next":
                return 0;
            case JsonValueKind.String:
                return Text(value.GetString()!, name);
            default:
                return JsonNode.Parse(value.GetRawText());
        }
    }

    private string Text(string text, string name) => name switch
    {
        "slug" => "<slug>",
        "projectID" or "project" => "<project>",
        "version" => "<version>",
        "snapshot" or "hash" => "<sha1>",
        "date" => "<http-date>",
        "callID" => "call_*",
        "id" when text.StartsWith("evt_", StringComparison.Ordinal) => "evt_*",
        _ => Normalize(text),
    };

    private string Renumber(string id, string prefix)
    {
        if (!_ids.TryGetValue(id, out var renumbered))
        {
            var count = _counts[prefix] = _counts.GetValueOrDefault(prefix) + 1;
            _ids[id] = renumbered = $"{prefix}_{count}";
        }

        return renumbered;
    }

    // Real identifiers, and those that a capture has renumbered already.
    [GeneratedRegex(@"\b(ses|msg|prt|per|que|pty)_(?:\d+|[0-9a-f]{12}[0-9A-Za-z]{14})\b")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")]
    private static partial Regex Instant();

    [GeneratedRegex(@"\b[0-9a-f]{40}\b")]
    private static partial Regex Hash();

    [GeneratedRegex(@"(127\.0\.0\.1:|localhost:)\d+")]
    private static partial Regex Port();
}
