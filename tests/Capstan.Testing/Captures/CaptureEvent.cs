using System.Text.Json;

namespace Capstan.Testing.Captures;

/// <summary>An event.</summary>
/// <param name="Milliseconds">Since the first line.</param>
/// <param name="Global">From <c>/global/event</c>, with its envelope, rather than from <c>/event</c>.</param>
/// <param name="Event">The frame's data.</param>
public sealed record CaptureEvent(int Milliseconds, bool Global, JsonElement Event) : CaptureLine(Milliseconds);
