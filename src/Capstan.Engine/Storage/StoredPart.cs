namespace Capstan.Engine.Storage;

/// <summary>A part as it was last stored whole, without the text that was appended to it since.</summary>
/// <param name="MessageID">The part's message.</param>
/// <param name="ID">The part's identifier.</param>
/// <param name="Json">The part's JSON.</param>
internal readonly record struct StoredPart(string MessageID, string ID, ReadOnlyMemory<byte> Json);
