using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>What a model takes and returns.</summary>
public sealed record ModelCapabilities
{
    /// <summary>Whether a temperature may be set for the model.</summary>
    public bool Temperature { get; init; }

    /// <summary>Whether the model reasons.</summary>
    public bool Reasoning { get; init; }

    /// <summary>Whether files may be attached to prompts for the model.</summary>
    public bool Attachment { get; init; }

    /// <summary>Whether the model calls tools.</summary>
    [JsonPropertyName("toolcall")]
    public bool ToolCall { get; init; } = true;

    /// <summary>The media that the model takes.</summary>
    public ModelModalities Input { get; init; } = ModelModalities.TextOnly;

    /// <summary>The media that the model returns.</summary>
    public ModelModalities Output { get; init; } = ModelModalities.TextOnly;

    /// <summary>Whether reasoning is sent back with the history, or in which field: a boolean or <c>{"field": …}</c>.</summary>
    public JsonNode Interleaved { get; init; } = JsonValue.Create(false);
}
