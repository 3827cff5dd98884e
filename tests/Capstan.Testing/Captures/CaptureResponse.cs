using System.Text.Json;

namespace Capstan.Testing.Captures;

/// <summary>The answer to a request.</summary>
/// <param name="Milliseconds">Since the first line.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Path">The path that was asked for.</param>
/// <param name="Body">The JSON body, if there was one.</param>
public sealed record CaptureResponse(int Milliseconds, int Status, string Path, JsonElement? Body) : CaptureLine(Milliseconds);
