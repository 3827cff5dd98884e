using System.Text.Json.Nodes;

namespace Capstan.Engine.Models.OpenAICompatible;

/// <summary>How one model of one provider is reached.</summary>
internal sealed record OpenAICompatibleOptions
{
    /// <summary>Where chat completions are posted.</summary>
    public required Uri Address { get; init; }

    /// <summary>The proxy on the way, which errors then name; null where there is none.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The model's identifier at the provider.</summary>
    public required string Model { get; init; }

    /// <summary>Headers of every request, the key's among them.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How long to wait for response headers; infinite where switched off.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the stream may be silent; infinite where switched off.</summary>
    public TimeSpan ChunkTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The field in which the provider wants reasoning back, where it does.</summary>
    public string? ReasoningField { get; init; }

    /// <summary>Further fields of each request, as configured.</summary>
    public JsonObject Extra { get; init; } = [];
}
