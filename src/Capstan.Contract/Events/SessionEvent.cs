namespace Capstan.Contract;

/// <summary>The properties of <c>session.created, session.updated and session.deleted</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="Info">The whole of it, as it is now.</param>
public sealed record SessionEvent(string SessionID, SessionInfo Info);
