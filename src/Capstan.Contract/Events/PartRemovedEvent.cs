namespace Capstan.Contract;

/// <summary>The properties of <c>message.part.removed</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="MessageID">The message.</param>
/// <param name="PartID">The part.</param>
public sealed record PartRemovedEvent(string SessionID, string MessageID, string PartID);
