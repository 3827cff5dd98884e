using System.Globalization;
using System.Text;
using DiffPlex;
using DiffPlex.Model;

namespace Capstan.Engine.Tools;

/// <summary>
/// A unified diff of two texts in the form that OpenCode's clients parse: with an index line and four lines of context.
/// </summary>
internal sealed record UnifiedDiff(string Patch, int Additions, int Deletions)
{
    private const int Context = 4;

    // Where the numbers of changed lines multiply to more than this, the search for the shortest diff would take too long, and
    // the changed middle is shown as replaced.
    private const long MaxWork = 50_000_000;

    public static UnifiedDiff Between(string path, string before, string after)
    {
        var (a, b) = (Lines(before), Lines(after));
        var blocks = Blocks(a, b);
        var patch = new StringBuilder()
            .Append("Index: ").Append(path).Append('\n')
            .Append('=', 67).Append('\n')
            .Append("--- ").Append(path).Append('\n')
            .Append("+++ ").Append(path).Append('\n');
        for (var first = 0; first < blocks.Count;)
        {
            var last = first;
            while (last + 1 < blocks.Count && blocks[last + 1].DeleteStartA - End(blocks[last]) <= 2 * Context)
                last++;
            AppendHunk(patch, a, b, blocks, first, last);
            first = last + 1;
        }

        return new UnifiedDiff(
            TrimIndentation(patch.ToString()), blocks.Sum(block => block.InsertCountB), blocks.Sum(block => block.DeleteCountA));
    }

    private static void AppendHunk(
        StringBuilder patch, string[] a, string[] b, List<DiffBlock> blocks, int first, int last)
    {
        var start = Math.Max(blocks[first].DeleteStartA - Context, 0);
        var end = Math.Min(End(blocks[last]) + Context, a.Length);
        var startB = blocks[first].InsertStartB - (blocks[first].DeleteStartA - start);
        var grown = 0;
        for (var i = first; i <= last; i++)
            grown += blocks[i].InsertCountB - blocks[i].DeleteCountA;
        patch.Append("@@ -").Append(Range(start, end - start)).Append(" +").Append(Range(startB, end - start + grown)).Append(" @@\n");
        var position = start;
        for (var i = first; i <= last; i++)
        {
            var block = blocks[i];
            for (; position < block.DeleteStartA; position++)
                Append(patch, ' ', a[position]);
            for (; position < End(block); position++)
                Append(patch, '-', a[position]);
            for (var n = 0; n < block.InsertCountB; n++)
                Append(patch, '+', b[block.InsertStartB + n]);
        }

        for (; position < end; position++)
            Append(patch, ' ', a[position]);
    }

    private static List<DiffBlock> Blocks(string[] a, string[] b)
    {
        var prefix = 0;
        while (prefix < a.Length && prefix < b.Length && a[prefix] == b[prefix])
            prefix++;
        var suffix = 0;
        while (suffix < a.Length - prefix && suffix < b.Length - prefix && a[^(suffix + 1)] == b[^(suffix + 1)])
            suffix++;
        var (countA, countB) = (a.Length - prefix - suffix, b.Length - prefix - suffix);
        if (countA + countB == 0)
            return [];
        if (countA == 0 || countB == 0 || (long)countA * countB > MaxWork)
            return [new DiffBlock(prefix, countA, prefix, countB)];
        var middle = new Differ().CreateCustomDiffs(
            string.Concat(a.Skip(prefix).Take(countA)), string.Concat(b.Skip(prefix).Take(countB)),
            ignoreWhiteSpace: false, ignoreCase: false, Lines);
        return [.. middle.DiffBlocks.Select(block => new DiffBlock(
            block.DeleteStartA + prefix, block.DeleteCountA, block.InsertStartB + prefix, block.InsertCountB))];
    }

    private static int End(DiffBlock block) => block.DeleteStartA + block.DeleteCountA;

    // The format gives an empty range by the line before it.
    private static string Range(int start, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{(count == 0 ? start : start + 1)},{count}");

    private static void Append(StringBuilder patch, char sign, string line)
    {
        patch.Append(sign).Append(line);
        if (!line.EndsWith('\n'))
            patch.Append("\n\\ No newline at end of file\n");
    }

    /// <summary>Removes the indentation that all shown lines have in common, which saves space in a narrow view.</summary>
    private static string TrimIndentation(string patch)
    {
        var lines = patch.Split('\n');
        var least = int.MaxValue;
        foreach (var line in lines.Where(IsContent))
        {
            var text = line.AsSpan(1);
            if (!text.IsWhiteSpace())
                least = Math.Min(least, text.Length - text.TrimStart().Length);
        }

        return least is 0 or int.MaxValue
            ? patch
            : string.Join('\n', lines.Select(line => !IsContent(line) ? line
                : line[..1] + (line.Length > least ? line[(least + 1)..] : "")));
    }

    private static bool IsContent(string line) =>
        line.Length > 0 && line[0] is '+' or '-' or ' '
        && !line.StartsWith("---", StringComparison.Ordinal) && !line.StartsWith("+++", StringComparison.Ordinal);

    // Lines include their line ends, so that a missing last newline is a difference.
    private static string[] Lines(string text)
    {
        var lines = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var newline = text.IndexOf('\n', start);
            var end = newline < 0 ? text.Length : newline + 1;
            lines.Add(text[start..end]);
            start = end;
        }

        return [.. lines];
    }
}
