using System.Text.Json;
using Capstan.Testing.Models;

namespace Capstan.Testing.Captures;

/// <summary>
/// A recording of the real server: what the model was told to say, and every request, event and response in the order in
/// which the client saw them. Ids are renumbered, times zeroed, the workspace is <c>$DIR</c>.
/// </summary>
public sealed class CaptureFile
{
    private readonly List<(string Name, string Steps)> _scripts = [];
    private readonly List<CaptureLine> _lines = [];

    private CaptureFile(string scenario) => Scenario = scenario;

    /// <summary>The scenario's name, such as <c>01-text-turn</c>.</summary>
    public string Scenario { get; }

    /// <summary>Requests, events and responses, in order.</summary>
    public IReadOnlyList<CaptureLine> Lines => _lines;

    /// <summary>The requests, in order.</summary>
    public IEnumerable<CaptureRequest> Requests => _lines.OfType<CaptureRequest>();

    /// <summary>The responses, in order.</summary>
    public IEnumerable<CaptureResponse> Responses => _lines.OfType<CaptureResponse>();

    /// <summary>The data of the events, in order.</summary>
    public IEnumerable<JsonElement> Events => _lines.OfType<CaptureEvent>().Select(line => line.Event);

    /// <summary>Reads a capture that is shipped with the tests, by its scenario's name.</summary>
    public static CaptureFile Load(string scenario) =>
        Read(Path.Combine(AppContext.BaseDirectory, "Captures", $"{scenario}.jsonl"));

    /// <summary>The names of all shipped captures.</summary>
    public static IReadOnlyList<string> All() =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Captures"), "*.jsonl")
            .Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    /// <summary>Reads a capture from a file.</summary>
    /// <exception cref="FormatException">A line is of no known kind.</exception>
    public static CaptureFile Read(string path)
    {
        var capture = new CaptureFile(Path.GetFileNameWithoutExtension(path));
        foreach (var text in File.ReadLines(path))
        {
            if (text.Length > 0)
                capture.Add(JsonElement.Parse(text));
        }

        return capture;
    }

    /// <summary>The model's scripts, with the workspace's directory in place of <c>$DIR</c>.</summary>
    public IReadOnlyList<ModelScript> Scripts(string directory) =>
        [.. _scripts.Select(script => new ModelScript(script.Name,
            ModelScript.ParseSteps(script.Steps.Replace("$DIR", JsonEncodedText.Encode(directory).Value, StringComparison.Ordinal))))];

    private void Add(JsonElement line)
    {
        var at = line.TryGetProperty("ms", out var ms) ? ms.GetInt32() : 0;
        JsonElement? body = line.TryGetProperty("body", out var found) ? found : null;
        switch (line.GetProperty("kind").GetString())
        {
            case "meta" or "stream-closed":
                break;
            case "llm-script":
                _scripts.Add((line.GetProperty("name").GetString()!, line.GetProperty("steps").GetRawText()));
                break;
            case "request":
                _lines.Add(new CaptureRequest(at, line.GetProperty("method").GetString()!, line.GetProperty("path").GetString()!, body));
                break;
            case "response":
                _lines.Add(new CaptureResponse(at, line.GetProperty("status").GetInt32(), line.GetProperty("path").GetString()!, body));
                break;
            case "event":
                _lines.Add(new CaptureEvent(at, Global: false, line.GetProperty("event")));
                break;
            case "global-event":
                _lines.Add(new CaptureEvent(at, Global: true, line.GetProperty("event")));
                break;
            case var kind:
                throw new FormatException($"A capture has no lines of kind '{kind}'.");
        }
    }
}
