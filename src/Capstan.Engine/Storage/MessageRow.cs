using System.Text.Json;
using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>A message as it is stored: JSON that is served as it is.</summary>
/// <param name="ID">The message's identifier.</param>
/// <param name="SessionID">Its session.</param>
/// <param name="Position">Its place in the history.</param>
/// <param name="Context">Its place in what the model sees; null while it waits.</param>
/// <param name="Fingerprint">What the request said, for prompts of clients.</param>
/// <param name="Info">The message.</param>
/// <param name="Parts">Its parts, in the order in which they were created.</param>
/// <param name="Outcome">How its step ended; null for prompts and as long as it is open.</param>
public sealed record MessageRow(
    string ID,
    string SessionID,
    long Position,
    long? Context,
    string? Fingerprint,
    ReadOnlyMemory<byte> Info,
    IReadOnlyList<ReadOnlyMemory<byte>> Parts,
    StepOutcome? Outcome = null)
{
    /// <summary>The message, parsed.</summary>
    public MessageInfo ReadInfo() => JsonSerializer.Deserialize(Info.Span, WireJson.Wire.MessageInfo)!;

    /// <summary>Its parts, parsed.</summary>
    public IReadOnlyList<Part> ReadParts() =>
        Parts.Select(part => JsonSerializer.Deserialize(part.Span, WireJson.Wire.Part)!).ToArray();
}
