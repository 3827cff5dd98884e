namespace Capstan.Engine.Models;

/// <summary>All that is needed to call a model. It holds the key, so it is never serialised.</summary>
internal sealed class ModelEndpoint
{
    /// <summary>The protocol by which the model is called.</summary>
    public required ModelProtocol Protocol { get; init; }

    /// <summary>Why the model cannot be called, in words for the user; null where it can be called.</summary>
    public string? Problem { get; init; }

    /// <summary>
    /// Whether credentials were left out, because they were configured outside the project and the address within it.
    /// </summary>
    public bool IsWithheld { get; init; }

    /// <summary>The base address, with its variables filled in; empty where none is configured.</summary>
    public string BaseUrl { get; init; } = "";

    /// <summary>The key, if there is one.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Headers for each call: the provider's, overridden by the model's.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How long a whole call may take, as configured (<c>timeout</c>); null for ever, which is the default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How long the answer's headers may take; five minutes by default, null for ever.</summary>
    public TimeSpan? HeaderTimeout { get; init; }

    /// <summary>How long the stream may be silent; five minutes by default, null for ever.</summary>
    public TimeSpan? ChunkTimeout { get; init; }

    /// <summary>
    /// Whether the configuration (<c>setCacheKey</c>) wants the session's identifier sent as the key of the provider's prompt
    /// cache.
    /// </summary>
    public bool SetCacheKey { get; init; }
}
