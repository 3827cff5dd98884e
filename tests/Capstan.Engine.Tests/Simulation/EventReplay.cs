using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Storage;
using Capstan.Testing.Stores;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>What a client that reads all events knows in the end; it must be what the store says.</summary>
internal sealed class EventReplay
{
    private readonly Dictionary<string, string> _messages = [];
    private readonly Dictionary<string, (string MessageID, string Json, bool IsEnded)> _parts = [];

    /// <summary>The last status of each session.</summary>
    public Dictionary<string, SessionStatus> Status { get; } = [];

    /// <summary>Prompts that were withdrawn.</summary>
    public HashSet<string> Removed { get; } = [];

    /// <summary>The request that asked for each call.</summary>
    public Dictionary<string, string> Asked { get; } = [];

    /// <summary>The answer to each request.</summary>
    public Dictionary<string, PermissionReply?> Replies { get; } = [];

    public static EventReplay Of(World world, StoreState state)
    {
        var replay = new EventReplay();
        foreach (var published in state.Events)
        {
            using var json = JsonDocument.Parse(published.Json);
            replay.Apply(world, published.Type, json.RootElement.GetProperty("properties"));
        }

        foreach (var requestID in replay.Asked.Values.Where(id => !replay.Replies.ContainsKey(id)))
        {
            if (state.Permissions.ContainsKey(requestID))
                world.Violate($"R10: {requestID} waits for an answer at the end");
        }

        return replay;
    }

    /// <summary>Compares a message and its parts with what events said of them.</summary>
    public void Compare(World world, MessageRow row)
    {
        if (_messages.GetValueOrDefault(row.ID) is not { } info || !IsSame(info, row.Info))
            world.Violate($"R8: {row.ID} is not what its events said");
        var known = _parts.Values.Where(part => part.MessageID == row.ID).Select(static part => part.Json).ToList();
        if (known.Count != row.Parts.Count)
            world.Violate($"R8: {row.ID} has {row.Parts.Count} parts, its events {known.Count}");
        foreach (var part in row.Parts)
        {
            if (!known.Exists(json => IsSame(json, part)))
                world.Violate($"R8: a part of {row.ID} is not what its events said: {System.Text.Encoding.UTF8.GetString(part.Span)}");
        }
    }

    private void Apply(World world, string type, JsonElement properties)
    {
        switch (type)
        {
            case EventType.SessionStatus:
                Status[Text(properties, "sessionID")] = properties.GetProperty("status").Deserialize(WireJson.Wire.SessionStatus)!;
                break;
            case EventType.MessageUpdated:
                _messages[Text(properties.GetProperty("info"), "id")] = properties.GetProperty("info").GetRawText();
                break;
            case EventType.MessageRemoved:
                var messageID = Text(properties, "messageID");
                Removed.Add(messageID);
                _messages.Remove(messageID);
                foreach (var id in _parts.Where(part => part.Value.MessageID == messageID).Select(static part => part.Key).ToList())
                    _parts.Remove(id);
                break;
            case EventType.PartUpdated:
                Apply(world, properties.GetProperty("part"));
                break;
            case EventType.PartRemoved:
                _parts.Remove(Text(properties, "partID"));
                break;
            case EventType.PermissionAsked:
                if (properties.TryGetProperty("tool", out var tool))
                    Asked[Text(tool, "callID")] = Text(properties, "id");
                break;
            case EventType.PermissionReplied:
                if (!Replies.TryAdd(Text(properties, "requestID"), Reply(properties)))
                    world.Violate($"R10: {Text(properties, "requestID")} was answered twice");
                break;
        }
    }

    private void Apply(World world, JsonElement part)
    {
        var id = Text(part, "id");
        var status = part.TryGetProperty("state", out var state) ? Text(state, "status") : null;
        if (_parts.TryGetValue(id, out var known) && known.IsEnded)
            world.Violate($"the call of {id} ended more than once");
        _parts[id] = (Text(part, "messageID"), part.GetRawText(), status is "completed" or "error");
    }

    private static PermissionReply Reply(JsonElement properties) =>
        Enum.Parse<PermissionReply>(Text(properties, "reply"), ignoreCase: true);

    private static bool IsSame(string json, ReadOnlyMemory<byte> stored) => json == System.Text.Encoding.UTF8.GetString(stored.Span);

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
