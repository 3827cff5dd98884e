namespace Capstan.Contract;

/// <summary>A message and its parts, as the message routes answer it.</summary>
/// <param name="Info">The message.</param>
/// <param name="Parts">Its parts, oldest first.</param>
public sealed record MessageWithParts(MessageInfo Info, IReadOnlyList<Part> Parts);
