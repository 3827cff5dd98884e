namespace Capstan.Contract;

/// <summary>The properties of <c>session.status</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="Status">What the session is doing.</param>
public sealed record SessionStatusEvent(string SessionID, SessionStatus Status);
