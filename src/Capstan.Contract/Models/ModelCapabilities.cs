using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>What a model can take and give.</summary>
public sealed record ModelCapabilities
{
    /// <summary>Whether a temperature may be set.</summary>
    public bool Temperature { get; init; }

    /// <summary>Whether it reasons.</summary>
    public bool Reasoning { get; init; }

    /// <summary>Whether files may be attached.</summary>
    public bool Attachment { get; init; }

    /// <summary>Whether it calls tools.</summary>
    [JsonPropertyName("toolcall")]
    public bool ToolCall { get; init; } = true;

    /// <summary>Media that it takes.</summary>
    public ModelModalities Input { get; init; } = ModelModalities.TextOnly;

    /// <summary>Media that it gives.</summary>
    public ModelModalities Output { get; init; } = ModelModalities.TextOnly;

    /// <summary>Whether, or in which field, reasoning is sent back with the history: a boolean or <c>{"field": …}</c>.</summary>
    public JsonNode Interleaved { get; init; } = JsonValue.Create(false);
}
