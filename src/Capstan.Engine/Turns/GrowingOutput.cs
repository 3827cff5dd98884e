using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Journal;

namespace Capstan.Engine.Turns;

/// <summary>
/// The part of a running tool call that prints, such as a command. Clients are shown the whole part each time. The store is given
/// only the new text; after as much new text as clients are shown, it is given the whole part again. So what is stored grows with
/// the printed text and not with its square.
/// </summary>
internal sealed class GrowingOutput
{
    // In characters: after so much appended text the whole part is stored again. It is as much as clients are shown of a command.
    private const int MostAppended = 30_000;

    private readonly ToolPart _part;
    private readonly byte[] _json;
    private readonly int _start;
    private int _appended = MostAppended;
    private int _position;

    /// <summary>Creates the output of a call that has printed nothing yet.</summary>
    /// <param name="part">The call's running part, whose <c>metadata.output</c> is empty.</param>
    public GrowingOutput(ToolPart part)
    {
        _part = part;
        _json = JsonSerializer.SerializeToUtf8Bytes(part, WireJson.Wire.Part);
        _start = FindOutput(_json);
    }

    /// <summary>The metadata of a running call that has printed <paramref name="output"/>.</summary>
    public static JsonObject Metadata(string output) => new() { ["output"] = output };

    /// <summary>Makes the part that clients are shown, and what is to be stored of it.</summary>
    /// <param name="shown">The end of the printed text, as clients are to see it.</param>
    /// <param name="added">
    /// The text that was printed since the last call; null where it is longer than <paramref name="shown"/>.
    /// </param>
    /// <returns>
    /// The whole part, the byte before which appended text goes, and the text to append there; null for that text stores the
    /// whole part: see <see cref="JournalTransaction.GrowPart"/>.
    /// </returns>
    public (PartJson Part, int Position, ReadOnlySequence<byte>? Stored) Show(string shown, string? added)
    {
        var text = Escape(shown);
        var json = new PartJson(_part.SessionID, _part.MessageID, _part.ID, SegmentedBuffer.Splice(_json, _start, 0, text));
        if (added is not null && _appended + added.Length <= MostAppended)
        {
            _appended += added.Length;
            return (json, _position, Escape(added));
        }

        _appended = 0;
        _position = _start + (int)text.Length;
        return (json, _position, null);
    }

    /// <summary>
    /// Finds the byte at which the text of <c>state.metadata.output</c> begins. It is found by its whole path, because the model
    /// may have given an argument named <c>output</c> as well.
    /// </summary>
    private static int FindOutput(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        foreach (var name in (ReadOnlySpan<string>)["state", "metadata", "output"])
        {
            reader.Read();
            while (!reader.ValueTextEquals(name))
            {
                reader.Skip();
                reader.Read();
            }

            reader.Read();
        }

        return (int)reader.TokenStartIndex + 1;
    }

    private static ReadOnlySequence<byte> Escape(string text) =>
        new(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray());
}
