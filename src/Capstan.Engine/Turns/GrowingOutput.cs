using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capstan.Contract;
using Capstan.Engine.Events;
using Capstan.Engine.Journal;

namespace Capstan.Engine.Turns;

/// <summary>
/// The part of a running call that prints. Clients are shown the whole part each time; of the output only what is new is stored, and
/// the part whole each time as much was added as is shown, so that what is stored grows with what is printed and not with its square.
/// </summary>
internal sealed class GrowingOutput
{
    // In characters; about as much as clients are shown of a command's output.
    private const int MostAppended = 30_000;

    private readonly ToolPart _part;
    private readonly byte[] _json;
    private readonly int _start;
    private int _appended = MostAppended;
    private int _position;

    /// <summary>Begins with a call that has printed nothing.</summary>
    /// <param name="part">The running part with an empty output.</param>
    public GrowingOutput(ToolPart part)
    {
        _part = part;
        _json = JsonSerializer.SerializeToUtf8Bytes(part, WireJson.Wire.Part);
        _start = FindOutput(_json);
    }

    /// <summary>The metadata of a call that prints.</summary>
    public static JsonObject Metadata(string output) => new() { ["output"] = output };

    /// <summary>Shows what was printed.</summary>
    /// <param name="shown">The end of it.</param>
    /// <param name="added">What of it is new; null where more is new than is shown.</param>
    /// <returns>The part, and what of it is to be stored where: see <see cref="JournalTransaction.GrowPart"/>.</returns>
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

    /// <summary>Where the text of <c>state.metadata.output</c> begins. By its path: the model may have given an argument of that name.</summary>
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
