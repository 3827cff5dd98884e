using System.Text.Json;
using Capstan.Contract;

namespace Capstan.Engine.Storage;

/// <summary>A message as it is stored: as JSON, which is served unchanged.</summary>
/// <param name="ID">The message's identifier.</param>
/// <param name="SessionID">The message's session.</param>
/// <param name="Position">The message's place in the history.</param>
/// <param name="Context">The message's place in what the model sees; null while it waits in the inbox.</param>
/// <param name="Fingerprint">
/// A digest of the client's request, where the client chose the message's identifier; null otherwise.
/// </param>
/// <param name="Info">The message's JSON.</param>
/// <param name="Parts">The JSON of the message's parts, in the order in which the parts were created.</param>
/// <param name="Outcome">How the message's step ended; null for prompts and while a turn still writes the message.</param>
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

    /// <summary>The message's parts, parsed.</summary>
    public IReadOnlyList<Part> ReadParts() =>
        Parts.Select(part => JsonSerializer.Deserialize(part.Span, WireJson.Wire.Part)!).ToArray();
}
