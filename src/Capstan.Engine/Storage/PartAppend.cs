using System.Buffers;
using Capstan.Engine.Events;

namespace Capstan.Engine.Storage;

/// <summary>Text that was appended to a part after the part had been stored.</summary>
/// <param name="MessageID">The part's message.</param>
/// <param name="PartID">The part.</param>
/// <param name="Position">Where the text belongs: before this byte of the part as it was stored.</param>
/// <param name="Text">The text, as the inside of a JSON string.</param>
internal readonly record struct PartAppend(string MessageID, string PartID, int Position, byte[] Text)
{
    /// <summary>
    /// Inserts appended texts into their parts. Parts and texts must be read in one
    /// snapshot; otherwise a text could be inserted into another version of its part.
    /// </summary>
    /// <param name="parts">The parts.</param>
    /// <param name="appends">The texts that were appended to any of the parts, oldest first.</param>
    public static void Apply(List<StoredPart> parts, IEnumerable<PartAppend> appends)
    {
        foreach (var texts in appends.GroupBy(static append => (append.MessageID, append.PartID)))
        {
            var at = parts.FindIndex(part => (part.MessageID, part.ID) == texts.Key);
            if (at >= 0)
                parts[at] = parts[at] with { Json = Splice(parts[at].Json, [.. texts]) };
        }
    }

    private static ReadOnlyMemory<byte> Splice(ReadOnlyMemory<byte> part, PartAppend[] texts)
    {
        var added = new SegmentedBuffer(texts.Sum(static append => append.Text.Length));
        foreach (var append in texts)
            added.Append(new ReadOnlySequence<byte>(append.Text));
        return SegmentedBuffer.Splice(part, texts[0].Position, 0, added.ToSequence()).ToArray();
    }
}
