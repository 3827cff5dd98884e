namespace Capstan.Contract;

/// <summary>The properties of <c>message.part.updated</c>.</summary>
/// <param name="SessionID">The session.</param>
/// <param name="Part">The whole of it, as it is now.</param>
/// <param name="Time">When it changed, in Unix milliseconds.</param>
public sealed record PartUpdatedEvent(string SessionID, Part Part, long Time);
