namespace Capstan.Contract;

/// <summary>The properties of <c>message.part.updated</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="Part">The whole part, as it is now.</param>
/// <param name="Time">When the part changed, in Unix milliseconds.</param>
public sealed record PartUpdatedEvent(string SessionID, Part Part, long Time);
