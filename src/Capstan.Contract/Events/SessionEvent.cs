namespace Capstan.Contract;

/// <summary>The properties of <c>session.created</c>, <c>session.updated</c> and <c>session.deleted</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="Info">The whole session, as it is now.</param>
public sealed record SessionEvent(string SessionID, SessionInfo Info);
