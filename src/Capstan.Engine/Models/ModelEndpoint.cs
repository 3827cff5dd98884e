using System.Text.Json.Nodes;

namespace Capstan.Engine.Models;

/// <summary>All that is needed to call a model. It holds the key, so it is never serialised.</summary>
public sealed class ModelEndpoint
{
    /// <summary>How the model is spoken to.</summary>
    public required ModelProtocol Protocol { get; init; }

    /// <summary>Why it cannot be called, in words for the user; null where it can.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether credentials were left out, because the address is the project's and they are not.</summary>
    public bool IsWithheld { get; init; }

    /// <summary>The base address, variables filled in; empty where none is configured.</summary>
    public string BaseUrl { get; init; } = "";

    /// <summary>The key, if there is one.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Headers for each call: the provider's, then the model's over them.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How long a whole call may take; null for ever, which is the default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long the answer's headers may take; five minutes by default, null for ever.</summary>
    public TimeSpan? HeaderTimeout { get; init; }

    /// <summary>How long the stream may be silent; five minutes by default, null for ever.</summary>
    public TimeSpan? ChunkTimeout { get; init; }

    /// <summary>Whether the session's identifier is sent as the key of the provider's prompt cache.</summary>
    public bool SetCacheKey { get; init; }

    /// <summary>The provider's options as configured; not to be changed.</summary>
    public JsonObject ProviderOptions { get; init; } = [];
}
