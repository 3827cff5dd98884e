using Capstan.Engine.Tools.Edit;

namespace Capstan.Engine.Tools.ApplyPatch;

/// <summary>Applies the chunks of a patch to a text.</summary>
internal static class PatchedText
{
    private const string TooLong =
        "Looking for the lines of the patch takes too long: the file has too many lines that look alike. Give chunks with fewer lines.";

    /// <summary>
    /// Returns the text with all chunks applied, each below the one before. Lines that stay keep what the file has, also where the
    /// patch writes them a little differently; new lines get the line ends of the file; the last line gets one, too.
    /// </summary>
    /// <param name="name">The file's name, for messages.</param>
    /// <param name="text">The text.</param>
    /// <param name="chunks">The chunks.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="ToolException">The lines of a chunk are not in the text.</exception>
    public static string Apply(string name, string text, IReadOnlyList<PatchChunk> chunks, CancellationToken cancellationToken)
    {
        if (chunks.Count == 0)
            return text;
        var isWindows = text.Contains("\r\n", StringComparison.Ordinal);
        var lines = Lines(text, isWindows);
        var search = new LineSearch(lines, EditBudget.For(text, "", cancellationToken, TooLong));
        var result = new List<string>(lines.Count);
        var position = 0;
        foreach (var chunk in chunks)
        {
            var at = Place(name, search, chunk, lines.Count, position);
            result.AddRange(lines[position..at]);
            position = at;
            foreach (var line in chunk.Lines)
            {
                if (line.Sign == '+')
                    result.Add(isWindows ? line.Text + "\r" : line.Text);
                else if (line.Sign == '-')
                    position++;
                else
                    result.Add(lines[position++]);
            }
        }

        result.AddRange(lines[position..]);
        return result.Count == 0 ? "" : string.Join('\n', result) + "\n";
    }

    private static int Place(string name, LineSearch search, PatchChunk chunk, int count, int position)
    {
        var from = position;
        foreach (var anchor in chunk.Anchors)
        {
            var found = search.Find([anchor], from);
            if (found < 0)
                throw Missing(name, chunk, from, anchor);
            from = found + 1;
        }

        if (chunk.Old.Count == 0)
        {
            // Lines that only come go below the anchor; without an anchor, to the end.
            return chunk.Anchors.Count > 0 && !chunk.IsAtEnd ? from : count;
        }

        var at = search.Find(chunk.Old, from, chunk.IsAtEnd);
        return at >= 0 ? at : throw Missing(name, chunk, from, string.Join('\n', chunk.Old));
    }

    private static ToolException Missing(string name, PatchChunk chunk, int from, string lines) => new(
        $"Line {chunk.Number} of the patch: {name} does not have these lines{(from > 0 ? $" after its line {from}" : "")}. "
        + $"Read the file again; chunks come in the order of the file.\n{(lines.Length > 2000 ? lines[..2000] + "…" : lines)}");

    private static List<string> Lines(string text, bool isWindows)
    {
        var lines = text.Split('\n').ToList();
        if (lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        else if (isWindows)
            lines[^1] += "\r";
        return lines;
    }
}
