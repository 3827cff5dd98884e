using System.Text.Json.Nodes;

namespace Capstan.Engine.Models.OpenAICompatible;

/// <summary>How one model of one provider is reached.</summary>
internal sealed record OpenAICompatibleOptions
{
    /// <summary>Where chat completions are posted.</summary>
    public required Uri Address { get; init; }

    /// <summary>The proxy that requests go through, which errors then name; null where there is none.</summary>
    public Uri? Proxy { get; init; }

    /// <summary>The model's identifier at the provider.</summary>
    public required string Model { get; init; }

    /// <summary>Headers of every request; one of them holds the key, where there is one.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How long the response headers may take; default 5 minutes, infinite where switched off.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the stream may be silent; default 5 minutes, infinite where switched off.</summary>
    public TimeSpan ChunkTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a whole call may take; infinite by default.</summary>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>Whether requests carry the session as the key of the provider's prompt cache.</summary>
    public bool SendsCacheKey { get; init; }

    /// <summary>The field in which the provider wants reasoning sent back; null where it wants none.</summary>
    public string? ReasoningField { get; init; }

    /// <summary>Further fields of each request, as configured.</summary>
    public JsonObject Extra { get; init; } = [];
}
