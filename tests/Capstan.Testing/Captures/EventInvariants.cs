using System.Text;
using System.Text.Json;

namespace Capstan.Testing.Captures;

/// <summary>
/// What holds for every stream of events, whatever the turn: messages are announced before their parts, parts before their
/// deltas; the deltas of a part add up to its final text; a permission is answered at most once; and a session that is idle
/// at the end has no open message and no tool part left pending or running.
/// </summary>
public sealed class EventInvariants
{
    private readonly List<string> _violations = [];
    private readonly HashSet<string> _messages = [];
    private readonly HashSet<string> _parts = [];
    private readonly Dictionary<string, StringBuilder> _deltas = [];
    private readonly Dictionary<string, string> _openMessages = [];
    private readonly Dictionary<string, string> _openTools = [];
    private readonly HashSet<string> _asked = [];
    private readonly HashSet<string> _replied = [];
    private readonly Dictionary<string, string> _status = [];

    /// <summary>Checks a stream that was watched from before its sessions' first prompt.</summary>
    public static IReadOnlyList<string> Violations(IEnumerable<JsonElement> events)
    {
        var check = new EventInvariants();
        foreach (var data in events)
        {
            var view = new EventView(data);
            if (view.Event.TryGetProperty("properties", out var properties))
                check.Take(view, properties);
        }

        check.Close();
        return check._violations;
    }

    private void Take(EventView view, JsonElement properties)
    {
        switch (view.Type)
        {
            case "message.updated":
                var info = properties.GetProperty("info");
                var message = info.GetProperty("id").GetString()!;
                _messages.Add(message);
                if (info.GetProperty("role").GetString() == "assistant" && !info.GetProperty("time").TryGetProperty("completed", out _))
                    _openMessages[message] = view.SessionId!;
                else
                    _openMessages.Remove(message);
                break;
            case "message.removed":
                _openMessages.Remove(properties.GetProperty("messageID").GetString()!);
                break;
            case "message.part.updated":
                TakePart(view, properties.GetProperty("part"));
                break;
            case "message.part.delta":
                var part = view.PartId!;
                Require(_parts.Contains(part), $"a delta for {part}, which was not announced");
                if (!_deltas.TryGetValue(part, out var text))
                    _deltas[part] = text = new();
                text.Append(view.Delta);
                break;
            case "permission.asked":
                _asked.Add(properties.GetProperty("id").GetString()!);
                break;
            case "permission.replied":
                var request = properties.GetProperty("requestID").GetString()!;
                Require(_asked.Contains(request), $"a reply to {request}, which was not asked");
                Require(_replied.Add(request), $"a second reply to {request}");
                break;
            case "session.status":
                _status[view.SessionId!] = properties.GetProperty("status").GetProperty("type").GetString()!;
                break;
            case "session.deleted":
                _status.Remove(view.SessionId!);
                break;
        }
    }

    private void TakePart(EventView view, JsonElement part)
    {
        var id = view.PartId!;
        var message = part.GetProperty("messageID").GetString()!;
        Require(_messages.Contains(message), $"part {id} of message {message}, which was not announced");
        _parts.Add(id);
        if (view.ToolStatus is "pending" or "running")
            _openTools[id] = view.SessionId!;
        else
            _openTools.Remove(id);
        if (_deltas.TryGetValue(id, out var deltas) && part.TryGetProperty("time", out var time) && time.TryGetProperty("end", out _))
        {
            var text = part.GetProperty("text").GetString();
            Require(text == deltas.ToString(), $"part {id} ends as '{text}' but its deltas make '{deltas}'");
        }
    }

    private void Close()
    {
        foreach (var (message, session) in _openMessages)
            Require(!IsIdle(session), $"{session} is idle but message {message} is open");
        foreach (var (part, session) in _openTools)
            Require(!IsIdle(session), $"{session} is idle but tool part {part} is not settled");
    }

    private bool IsIdle(string session) => _status.GetValueOrDefault(session) == "idle";

    private void Require(bool holds, string otherwise)
    {
        if (!holds)
            _violations.Add(otherwise);
    }
}
