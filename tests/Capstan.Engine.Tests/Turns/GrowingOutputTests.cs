using System.Buffers;
using System.Text;
using System.Text.Json;
using Capstan.Contract;
using Capstan.Engine.Turns;
using Xunit;

namespace Capstan.Engine.Tests.Turns;

/// <summary>R9: what is stored of a command's output grows with what it prints.</summary>
public sealed class GrowingOutputTests
{
    [Fact]
    public void R9_What_is_stored_is_a_few_times_what_is_printed_and_what_is_appended_fits_into_the_part()
    {
        using var input = JsonDocument.Parse("""{"command":"x","output":"no \"output\":\" of the call"}""");
        var output = new GrowingOutput(new ToolPart
        {
            ID = "prt_1", SessionID = "ses_1", MessageID = "msg_1", CallID = "call_1", Tool = "bash",
            State = new ToolState.Running { Input = input.RootElement, Metadata = GrowingOutput.Metadata(""), Time = new PartTime(1) },
        });
        var printed = new StringBuilder();
        var (stored, whole, appended) = (0L, Array.Empty<byte>(), new List<byte>());
        var position = 0;
        for (var i = 0; i < 1000; i++)
        {
            var added = $"line {i} \"quoted\" {new string('ä', 980)}\n";
            printed.Append(added);
            var shown = printed.ToString(Math.Max(0, printed.Length - 30_000), Math.Min(printed.Length, 30_000));
            var (part, at, bytes) = output.Show(shown, added);
            stored += bytes?.Length ?? part.Json.Length;
            if (bytes is null)
                (whole, position) = (part.Json.ToArray(), at);
            appended = bytes is null ? [] : [.. appended, .. bytes.Value.ToArray()];

            // What a reader of the store gets at any time: it ends as what is shown ends.
            var read = (ToolPart)JsonSerializer.Deserialize<Part>([.. whole[..position], .. appended, .. whole[position..]], WireJson.Wire.Part)!;
            var text = ((ToolState.Running)read.State).Metadata!["output"]!.GetValue<string>();
            Assert.EndsWith(shown, text, StringComparison.Ordinal);
        }

        Assert.InRange(stored, printed.Length, 3 * Encoding.UTF8.GetByteCount(printed.ToString()));
    }
}
