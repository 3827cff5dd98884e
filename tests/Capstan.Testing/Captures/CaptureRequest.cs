using System.Text.Json;

namespace Capstan.Testing.Captures;

/// <summary>A request of the client.</summary>
/// <param name="Milliseconds">Since the first line.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Path and query, with the renumbered ids of the capture.</param>
/// <param name="Body">The JSON body, if there was one.</param>
public sealed record CaptureRequest(int Milliseconds, string Method, string Path, JsonElement? Body) : CaptureLine(Milliseconds);
