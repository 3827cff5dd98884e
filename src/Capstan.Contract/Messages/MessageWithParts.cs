namespace Capstan.Contract;

/// <summary>A message and its parts, as the message routes return them.</summary>
/// <param name="Info">The message.</param>
/// <param name="Parts">The message's parts, oldest first.</param>
public sealed record MessageWithParts(MessageInfo Info, IReadOnlyList<Part> Parts);
