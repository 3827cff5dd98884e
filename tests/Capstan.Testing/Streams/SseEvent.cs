using System.Text.Json;

namespace Capstan.Testing.Streams;

/// <summary>One frame of an event stream.</summary>
/// <param name="Id">The frame's own <c>id</c> line; null when it has none (ids are not inherited from earlier frames).</param>
/// <param name="Name">The frame's <c>event</c> line.</param>
/// <param name="Data">The <c>data</c> lines, joined by newlines.</param>
public sealed record SseEvent(string? Id, string? Name, string Data)
{
    private JsonElement? _json;

    /// <summary>The parsed data.</summary>
    public JsonElement Json => _json ??= JsonElement.Parse(Data);

    /// <summary>The OpenCode event: the <c>payload</c> of a global frame, else the data itself.</summary>
    public JsonElement Payload => Json.TryGetProperty("payload", out var payload) ? payload : Json;

    /// <summary>The OpenCode event's type, such as <c>session.idle</c>.</summary>
    public string Type => Payload.GetProperty("type").GetString()!;

    /// <summary>The OpenCode event's properties.</summary>
    public JsonElement Properties => Payload.GetProperty("properties");

    /// <summary>The session that the event belongs to; null for events of no session.</summary>
    public string? SessionId =>
        Payload.TryGetProperty("properties", out var properties) && properties.TryGetProperty("sessionID", out var id) ? id.GetString() : null;

    /// <inheritdoc/>
    public override string ToString() => Id is null ? Data : $"{Id}: {Data}";
}
