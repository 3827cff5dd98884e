using System.Text;
using System.Text.Json;

namespace Capstan.Testing.Captures;

/// <summary>
/// What holds for every stream of events, whatever the turn: messages are announced before their parts, parts before their
/// deltas; the deltas of a part add up to its final text; a permission is answered at most once; and a session that is idle
/// at the end has no open message and no tool part left pending or running. Links hold: an answer names a message that was announced,
/// a permission request the call that asks, and a call keeps its identifier, which no other call of its message has. Times are in
/// order: nothing ends before it began, and no answer in a session was created before the one that was announced before it.
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
    private readonly Dictionary<string, (string Message, string Call)> _calls = [];
    private readonly Dictionary<string, long> _created = [];

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
                TakeMessage(view.SessionId!, message, info);
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
                if (properties.TryGetProperty("tool", out var tool))
                {
                    var asking = (tool.GetProperty("messageID").GetString()!, tool.GetProperty("callID").GetString()!);
                    Require(_calls.ContainsValue(asking), $"the call {asking} asks and was not announced");
                }

                break;
            case "permission.replied":
                var request = properties.GetProperty("requestID").GetString()!;
                Require(_asked.Contains(request), $"a reply to {request}, which was not asked");
                Require(_replied.Add(request), $"a second reply to {request}");
                break;
            case "session.status":
                _status[view.SessionId!] = properties.GetProperty("status").GetProperty("type").GetString()!;
                break;
            case "session.created" or "session.updated":
                RequireOrder(properties.GetProperty("info"), "created", "updated");
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
        RequireOrder(part, "start", "end");
        if (part.TryGetProperty("state", out var state))
            RequireOrder(state, "start", "end");
        if (part.TryGetProperty("callID", out var callID))
            TakeCall(id, (message, callID.GetString()!));
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

    private void TakeMessage(string session, string message, JsonElement info)
    {
        RequireOrder(info, "created", "completed");
        if (!_messages.Add(message))
            return;
        // Prompts that arrive together stand in the order of the server's numbers; their clocks were read before that was decided.
        if (!info.TryGetProperty("parentID", out var parent))
            return;
        var created = info.GetProperty("time").GetProperty("created").GetInt64();
        Require(created >= _created.GetValueOrDefault(session), $"answer {message} was created before the one before it");
        _created[session] = created;
        Require(_messages.Contains(parent.GetString()!), $"message {message} answers {parent}, which was not announced");
    }

    private void TakeCall(string part, (string Message, string Call) call)
    {
        // In captures the identifiers of calls are not told apart.
        if (call.Call != "call_*")
            Require(!_calls.Any(known => known.Value == call && known.Key != part), $"part {part} has the call of another part, {call}");
        Require(!_calls.TryGetValue(part, out var before) || before == call, $"part {part} was the call {before} and is {call}");
        _calls[part] = call;
    }

    private void RequireOrder(JsonElement subject, string first, string second)
    {
        if (subject.TryGetProperty("time", out var time) && time.ValueKind == JsonValueKind.Object
            && time.TryGetProperty(first, out var start) && time.TryGetProperty(second, out var end))
        {
            Require(start.GetInt64() <= end.GetInt64(), $"{second} {end} is before {first} {start}: {subject}");
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
