namespace Capstan.Contract;

/// <summary>The details of a <see cref="MessageError"/>; its kind decides which of them are present.</summary>
public sealed record MessageErrorData
{
    /// <summary>The reason, for people.</summary>
    public string? Message { get; init; }

    /// <summary>The HTTP status of the provider's answer.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Whether the same request may succeed later.</summary>
    public bool? IsRetryable { get; init; }

    /// <summary>The headers of the provider's answer.</summary>
    public IReadOnlyDictionary<string, string>? ResponseHeaders { get; init; }

    /// <summary>The body of the provider's answer.</summary>
    public string? ResponseBody { get; init; }

    /// <summary>Further facts about the request, such as its address.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The provider that the error is about.</summary>
    public string? ProviderID { get; init; }

    /// <summary>How often a structured answer was asked for again.</summary>
    public int? Retries { get; init; }

    /// <summary>A reference by which the error is found in the server's log.</summary>
    public string? Ref { get; init; }
}
