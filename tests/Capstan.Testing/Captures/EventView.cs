using System.Text.Json;

namespace Capstan.Testing.Captures;

/// <summary>What the rules need to know of an event, in its own words.</summary>
internal sealed class EventView(JsonElement data)
{
    private static readonly string[] Noise =
    [
        "server.", "plugin.", "catalog.", "integration.", "reference.", "models-dev.", "file.watcher.", "installation.",
        "lsp.", "mcp.", "project.", "vcs.",
    ];

    /// <summary>The event itself, out of its global envelope.</summary>
    public JsonElement Event { get; } = data.TryGetProperty("payload", out var payload) ? payload : data;

    public string Type => Event.GetProperty("type").GetString()!;

    public string? SessionId => Text("properties", "sessionID");

    public string? PartId => Text("properties", "part", "id") ?? Text("properties", "partID");

    public string? PartType => Text("properties", "part", "type");

    public string? ToolStatus => Text("properties", "part", "state", "status");

    public string? Delta => Type == "message.part.delta" ? Text("properties", "delta") : null;

    public bool IsBusy => Type == "session.status" && Text("properties", "status", "type") == "busy";

    public bool IsRunning => ToolStatus == "running";

    /// <summary>Whether the rules drop it.</summary>
    public bool IsIgnored(EventRules rules) => Type switch
    {
        "sync" => true,
        "session.updated" => rules.HasFlag(EventRules.IgnoreSessionUpdated),
        "session.diff" => rules.HasFlag(EventRules.IgnoreSessionDiff),
        "session.created" => rules.HasFlag(EventRules.IgnoreRootCreated) && Text("properties", "info", "parentID") is null,
        "message.updated" => rules.HasFlag(EventRules.IgnoreUserSummary)
            && Text("properties", "info", "role") == "user" && Has("properties", "info", "summary"),
        _ => rules.HasFlag(EventRules.IgnoreNoise) && Noise.Any(noise => Type.StartsWith(noise, StringComparison.Ordinal)),
    };

    /// <summary>Type and subject, such as <c>message.part.updated tool completed</c>.</summary>
    public string Label() => string.Join(' ', new[]
    {
        Type,
        Text("properties", "status", "type"),
        Text("properties", "info", "role"),
        Has("properties", "info", "finish") ? "finish" : null,
        Has("properties", "info", "error") ? "error" : null,
        Has("properties", "info", "time", "completed") ? "completed" : null,
        PartType,
        PartType is "text" or "reasoning" && Has("properties", "part", "time", "end") ? "ended" : null,
        ToolStatus,
        Text("properties", "error", "name"),
    }.Where(word => word is not null));

    private string? Text(params ReadOnlySpan<string> path) =>
        Find(path) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    private bool Has(params ReadOnlySpan<string> path) => Find(path) is not null;

    private JsonElement? Find(ReadOnlySpan<string> path)
    {
        var at = Event;
        foreach (var name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                return null;
        }

        return at;
    }
}
