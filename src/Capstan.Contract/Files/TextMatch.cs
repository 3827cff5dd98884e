using System.Text.Json.Serialization;

namespace Capstan.Contract;

/// <summary>A line that matches (an element of the answer to OpenCode's <c>find.text</c>).</summary>
/// <param name="Path">The file's path relative to the workspace's directory.</param>
/// <param name="Lines">The line with its line end.</param>
/// <param name="LineNumber">The line's number, from 1.</param>
/// <param name="AbsoluteOffset">The offset of the line's first byte in the file, from 0.</param>
/// <param name="Submatches">The places in the line that match, in order.</param>
public sealed record TextMatch(
    MatchText Path,
    MatchText Lines,
    [property: JsonPropertyName("line_number")] long LineNumber,
    [property: JsonPropertyName("absolute_offset")] long AbsoluteOffset,
    IReadOnlyList<TextSubmatch> Submatches);
