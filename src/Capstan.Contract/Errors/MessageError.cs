namespace Capstan.Contract;

/// <summary>The error of a turn, as it is on the message and in <c>session.error</c>.</summary>
/// <param name="Name">The kind: APIError, ProviderAuthError, MessageAbortedError, ContextOverflowError, ContentFilterError,
/// StructuredOutputError or UnknownError.</param>
/// <param name="Data">The details, which depend on the kind.</param>
public sealed record MessageError(string Name, MessageErrorData Data)
{
    /// <summary>Makes the error of a turn that was aborted.</summary>
    public static MessageError Aborted(string message = "Aborted") => new("MessageAbortedError", new() { Message = message });

    /// <summary>Makes an error that has no kind of its own.</summary>
    public static MessageError Unknown(string message) => new("UnknownError", new() { Message = message });

    /// <summary>Makes the error for a provider without a usable key, found before a request was sent.</summary>
    public static MessageError ProviderAuth(string providerID, string message) =>
        new("ProviderAuthError", new() { ProviderID = providerID, Message = message });

    /// <summary>Makes the error for a model's answer that a content filter stopped.</summary>
    public static MessageError ContentFilter(string message) => new("ContentFilterError", new() { Message = message });

    /// <summary>Makes the error for a request that does not fit the model's context.</summary>
    public static MessageError ContextOverflow(string message, string? responseBody) =>
        new("ContextOverflowError", new() { Message = message, ResponseBody = responseBody });
}
