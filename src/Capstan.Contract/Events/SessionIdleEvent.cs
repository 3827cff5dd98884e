namespace Capstan.Contract;

/// <summary>The properties of <c>session.idle</c>.</summary>
/// <param name="SessionID">The session.</param>
public sealed record SessionIdleEvent(string SessionID);
