using System.Buffers;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Events;

namespace Capstan.Engine.Journal;

/// <summary>
/// A part as it is stored and sent. The JSON of a long part is in pieces, which the store and all readers share.
/// </summary>
/// <param name="SessionID">The part's session.</param>
/// <param name="MessageID">The part's message.</param>
/// <param name="ID">The part's identifier.</param>
/// <param name="Json">The part's JSON.</param>
internal sealed record PartJson(string SessionID, string MessageID, string ID, ReadOnlySequence<byte> Json)
{
    /// <summary>Serialises a part, text and all.</summary>
    public static PartJson Of(Part part) =>
        new(part.SessionID, part.MessageID, part.ID, new ReadOnlySequence<byte>(Serialize(part)));

    /// <summary>Serialises a part whose text is given separately, as the inside of a JSON string.</summary>
    /// <param name="part">The part with an empty text.</param>
    /// <param name="text">The text, escaped.</param>
    public static PartJson Of(Part part, in ReadOnlySequence<byte> text)
    {
        var json = Serialize(part);
        // The first match is the part's own text: only identifiers and the type precede it, and they hold no quotes.
        var key = "\"text\":\""u8;
        return new PartJson(
            part.SessionID, part.MessageID, part.ID, SegmentedBuffer.Splice(json, json.AsSpan().IndexOf(key) + key.Length, 0, text));
    }

    private static byte[] Serialize(Part part) => JsonSerializer.SerializeToUtf8Bytes(part, WireJson.Wire.Part);
}
