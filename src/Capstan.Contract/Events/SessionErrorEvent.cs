namespace Capstan.Contract;

/// <summary>The properties of <c>session.error</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="Error">The error.</param>
public sealed record SessionErrorEvent(string? SessionID, MessageError Error);
