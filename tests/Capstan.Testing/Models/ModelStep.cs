using System.Text.Json;
using System.Text.Json.Serialization;

namespace Capstan.Testing.Models;

/// <summary>
/// What the model answers to one call. The JSON form is that of the <c>llm-script</c> lines of the captures.
/// Content goes out in the order reasoning, text, tools; text is cut into words that keep their trailing blank.
/// </summary>
public sealed record ModelStep
{
    /// <summary>Answer text.</summary>
    public string? Text { get; init; }

    /// <summary>Reasoning, sent as <c>reasoning_content</c>.</summary>
    public string? Reason { get; init; }

    /// <summary>Tool calls, parallel when there are several.</summary>
    public IReadOnlyList<ModelToolCall> Tools { get; init; } = [];

    /// <summary>Status of a failing answer; with <see cref="FailFirst"/> only the first calls fail.</summary>
    public int? Http { get; init; }

    /// <summary>Extra headers of a failing answer.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Body of a failing answer; the default is an OpenAI error object.</summary>
    public JsonElement? Body { get; init; }

    /// <summary>Finish reason; the default is <c>tool_calls</c> when there are tools, else <c>stop</c>.</summary>
    public string? Finish { get; init; }

    /// <summary>Usage object; the default is prompt 100 (40 of them cached), completion 20, total 120.</summary>
    public JsonElement? Usage { get; init; }

    /// <summary>Milliseconds of silence after each content chunk.</summary>
    public int Delay { get; init; }

    /// <summary>How many calls of this step fail with <see cref="Http"/> (500 when unset) before it works.</summary>
    public int? FailFirst { get; init; }

    /// <summary>Destroys the socket in the middle of the content, on every call.</summary>
    public bool Cut { get; init; }

    /// <summary>Destroys the socket in the middle of the content on the first n calls of this step.</summary>
    public int CutFirst { get; init; }

    /// <summary>An error object sent as a frame of the stream after the content; the stream ends there.</summary>
    public JsonElement? Error { get; init; }

    /// <summary>Goes silent for good at the named point.</summary>
    public ModelHang? Hang { get; init; }

    /// <summary>Sends nonsense instead of a clean stream.</summary>
    public ModelGarbage? Garbage { get; init; }

    /// <summary>Pauses the content until the test opens the gate.</summary>
    [JsonIgnore]
    public ModelGate? Gate { get; init; }

    /// <summary>A step that answers with text only.</summary>
    public static ModelStep Say(string text) => new() { Text = text };

    /// <summary>A step that calls one tool, with arguments given as JSON text.</summary>
    public static ModelStep Call(string tool, string args) => new() { Tools = [ModelToolCall.Of(tool, args)] };
}
