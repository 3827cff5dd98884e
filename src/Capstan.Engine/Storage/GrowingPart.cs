using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>
/// A part to which text was appended after the part was last stored whole and after the last event that told of the part.
/// </summary>
/// <param name="Session">The part's session.</param>
/// <param name="Json">The part's JSON, with the appended text in it.</param>
public sealed record GrowingPart(SessionInfo Session, ReadOnlyMemory<byte> Json);
