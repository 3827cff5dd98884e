using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>A provider of models (OpenCode schema <c>Provider</c>).</summary>
public sealed record ProviderInfo
{
    /// <summary>The provider's identifier.</summary>
    public required string ID { get; init; }

    /// <summary>The provider's name for people.</summary>
    public required string Name { get; init; }

    /// <summary>Where the provider was configured: env, config, custom or api.</summary>
    public required string Source { get; init; }

    /// <summary>Environment variables that may hold the provider's key.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>The provider's key, where there is exactly one; never serialised to clients.</summary>
    [JsonIgnore]
    public string? Key { get; init; }

    /// <summary>The provider's options, as configured.</summary>
    public JsonObject Options { get; init; } = [];

    /// <summary>The provider's models, by identifier.</summary>
    public required IReadOnlyDictionary<string, ModelInfo> Models { get; init; }
}
