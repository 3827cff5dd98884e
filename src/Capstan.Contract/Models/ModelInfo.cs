using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>A model (OpenCode schema <c>Model</c>).</summary>
public sealed record ModelInfo
{
    /// <summary>The identifier that users write.</summary>
    public required string ID { get; init; }

    /// <summary>The provider's identifier.</summary>
    public required string ProviderID { get; init; }

    /// <summary>How requests reach the model.</summary>
    public required ModelApi Api { get; init; }

    /// <summary>The model's name for people.</summary>
    public required string Name { get; init; }

    /// <summary>The family that the model belongs to, such as <c>claude-haiku</c>; empty where unknown.</summary>
    public string Family { get; init; } = "";

    /// <summary>What the model takes and returns.</summary>
    public required ModelCapabilities Capabilities { get; init; }

    /// <summary>The model's prices, in US dollars for a million tokens.</summary>
    public required ModelCost Cost { get; init; }

    /// <summary>The model's token limits.</summary>
    public required ModelLimit Limit { get; init; }

    /// <summary>The model's status: alpha, beta, deprecated or active.</summary>
    public string Status { get; init; } = "active";

    /// <summary>Options that are sent with each request.</summary>
    public JsonObject Options { get; init; } = [];

    /// <summary>Headers that are sent with each request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The day of the model's release, as year-month-day; empty where unknown.</summary>
    [JsonPropertyName("release_date")]
    public string ReleaseDate { get; init; } = "";

    /// <summary>The model's reasoning presets, by name.</summary>
    public IReadOnlyDictionary<string, JsonObject>? Variants { get; init; }
}
