namespace Capstan.Contract;

/// <summary>The properties of <c>message.part.delta</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="MessageID">The message.</param>
/// <param name="PartID">The part.</param>
/// <param name="Field">The field that grows.</param>
/// <param name="Delta">The text that was added to the field.</param>
public sealed record PartDeltaEvent(string SessionID, string MessageID, string PartID, string Field, string Delta);
