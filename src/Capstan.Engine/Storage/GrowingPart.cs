using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>A part to which text was appended since it was last put, and since the last event that told of it.</summary>
/// <param name="Session">Its session.</param>
/// <param name="Json">The part with the text.</param>
public sealed record GrowingPart(SessionInfo Session, ReadOnlyMemory<byte> Json);
