namespace Capstan.Contract;

/// <summary>The properties of <c>message.removed</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="MessageID">The message.</param>
public sealed record MessageRemovedEvent(string SessionID, string MessageID);
