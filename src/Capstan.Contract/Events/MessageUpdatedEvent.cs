namespace Capstan.Contract;

/// <summary>The properties of <c>message.updated</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="Info">The whole message, as it is now.</param>
public sealed record MessageUpdatedEvent(string SessionID, MessageInfo Info);
