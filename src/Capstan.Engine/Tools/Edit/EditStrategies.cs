using System.Text;

namespace Capstan.Engine.Tools.Edit;

/// <summary>
/// The strategies that find a text. Each tolerates one kind of mistake, and returns places in the order of the file.
/// </summary>
internal static class EditStrategies
{
    private const double BlockSimilarity = 0.65;

    // The cost of comparing one more pair of lines, without the cost of their characters.
    private const int PairSteps = 16;

    public static IEnumerable<EditMatch> Exact(EditSearch search) => search.Occurrences(search.Text.Old, search.Text.New);

    /// <summary>Tolerates other white space at both ends of lines.</summary>
    public static IEnumerable<EditMatch> LineTrimmed(EditSearch search) => Windows(search, search.Trimmed);

    /// <summary>Tolerates a middle that is nearly right between a first and a last line that are right.</summary>
    public static IEnumerable<EditMatch> BlockAnchor(EditSearch search)
    {
        var wanted = search.Text.Lines.Count;
        if (wanted < 3)
            yield break;
        var keys = search.Trimmed;
        // The block may have grown or shrunk by a quarter since the model read it.
        var slack = Math.Max(1, wanted / 4);
        for (var first = 0; first < keys.File.Length; first++)
        {
            if (keys.File[first] != keys.Wanted[0])
                continue;
            for (var count = Math.Max(3, wanted - slack); count <= wanted + slack && first + count <= keys.File.Length; count++)
            {
                search.Budget.Spend(2);
                if (keys.File[first + count - 1] == keys.Wanted[^1] && IsMiddleAlike(search, first, count))
                {
                    yield return search.Lines(first, count);
                    break;
                }
            }
        }
    }

    /// <summary>Tolerates any amount of white space in place of any other amount.</summary>
    public static IEnumerable<EditMatch> WhitespaceNormalized(EditSearch search)
    {
        var whole = Windows(search, LineKeys.Of(search.File, search.Text.Lines, static line => Collapsed(line), search.Budget)).ToList();
        var words = search.Text.Old.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return whole.Count > 0 || words.Length < 2 || search.Text.Lines.Count != 1 ? whole : Words(search, words);
    }

    /// <summary>Tolerates a block that is indented more or less as a whole.</summary>
    public static IEnumerable<EditMatch> IndentationFlexible(EditSearch search)
    {
        var (file, wanted) = (search.File, search.Text.Lines);
        // The lines are first compared without their indentation, and the indentation is compared only where they are the same.
        var keys = LineKeys.Of(
            file, wanted, static line => line.IsWhiteSpace() ? [] : line.TrimStart().TrimEnd('\r'), search.Budget);
        var wantedIndent = Indentation(wanted, 0, wanted.Count, search.Budget);
        foreach (var first in SequenceSearch.Find<int>(keys.File, keys.Wanted, overlapping: true, search.Budget))
        {
            var indent = Indentation(file, first, wanted.Count, search.Budget);
            var same = true;
            for (var i = 0; same && i < wanted.Count; i++)
            {
                search.Budget.Spend(wanted[i].Length + 1);
                same = Without(file[first + i], indent).SequenceEqual(Without(wanted[i], wantedIndent));
            }

            if (same)
                yield return search.Lines(first, wanted.Count);
        }
    }

    /// <summary>Tolerates escapes that are written out, such as a backslash and an n for a newline.</summary>
    public static IEnumerable<EditMatch> EscapeNormalized(EditSearch search)
    {
        var unescaped = Unescaped(search.Text.Old);
        // A model that escapes the old text escapes the new text, too.
        return unescaped == search.Text.Old ? [] : search.Occurrences(unescaped, Unescaped(search.Text.New));
    }

    /// <summary>Tolerates white space around the whole text.</summary>
    public static IEnumerable<EditMatch> TrimmedBoundary(EditSearch search)
    {
        var (old, replacement) = (search.Text.Old, search.Text.New);
        var trimmed = old.Trim();
        if (trimmed.Length == 0 || trimmed.Length == old.Length)
            return [];
        var leading = old[..(old.Length - old.TrimStart().Length)];
        var trailing = old[old.TrimEnd().Length..];
        if (leading.Length > 0 && replacement.StartsWith(leading, StringComparison.Ordinal))
            replacement = replacement[leading.Length..];
        if (trailing.Length > 0 && replacement.EndsWith(trailing, StringComparison.Ordinal))
            replacement = replacement[..^trailing.Length];
        return search.Occurrences(trimmed, replacement);
    }

    /// <summary>
    /// Tolerates lines that differ inside a block of the same length, as long as at least half of them are right.
    /// </summary>
    public static IEnumerable<EditMatch> ContextAware(EditSearch search)
    {
        var keys = search.Trimmed;
        var wanted = keys.Wanted.Length;
        for (var first = 0; wanted >= 3 && first + wanted <= keys.File.Length; first++)
        {
            if (keys.File[first] != keys.Wanted[0] || keys.File[first + wanted - 1] != keys.Wanted[^1])
                continue;
            search.Budget.Spend(wanted);
            var (equal, total) = (0, 0);
            for (var i = 1; i < wanted - 1; i++)
            {
                if (keys.Wanted[i] == keys.Blank && keys.File[first + i] == keys.Blank)
                    continue;
                total++;
                equal += keys.File[first + i] == keys.Wanted[i] ? 1 : 0;
            }

            if (equal * 2 >= total)
                yield return search.Lines(first, wanted);
        }
    }

    private static IEnumerable<EditMatch> Windows(EditSearch search, LineKeys keys) =>
        search.Windows(keys).Select(first => search.Lines(first, keys.Wanted.Length));

    /// <summary>
    /// Finds the places where the words follow one another in one line, with any number of blanks between them.
    /// </summary>
    private static IEnumerable<EditMatch> Words(EditSearch search, string[] words)
    {
        var (text, replacement, free) = (search.File.Text, search.Text.New.Trim(), 0);
        foreach (var start in SequenceSearch.Find<char>(text, words[0], overlapping: true, search.Budget))
        {
            if (start < free || EndOfWords(text, start, words, search.Budget) is not { } end)
                continue;
            free = end;
            yield return new EditMatch(start, end - start, replacement);
        }
    }

    private static int? EndOfWords(string text, int start, string[] words, EditBudget budget)
    {
        var at = start + words[0].Length;
        foreach (var word in words.AsSpan(1))
        {
            var next = at;
            while (next < text.Length && text[next] is ' ' or '\t')
                next++;
            budget.Spend(next - at + word.Length);
            if (next == at || !text.AsSpan(next).StartsWith(word))
                return null;
            at = next + word.Length;
        }

        return at;
    }

    private static bool IsMiddleAlike(EditSearch search, int first, int count)
    {
        var keys = search.Trimmed;
        var compared = Math.Min(count, keys.Wanted.Length) - 2;
        if (compared <= 0)
            return true;
        var needed = BlockSimilarity * (Math.Max(count, keys.Wanted.Length) - 2);
        var sum = 0.0;
        for (var i = 1; i <= compared; i++)
        {
            search.Budget.Spend(PairSteps);
            sum += keys.File[first + i] == keys.Wanted[i]
                ? 1
                : TextSimilarity.Of(search.File[first + i].Trim(), search.Text.Lines[i].Trim(), search.Budget);
            // Even if all lines that are left were equal, the block would not be similar enough.
            if (sum + compared - i < needed)
                return false;
        }

        return sum >= needed;
    }

    private static string Collapsed(ReadOnlySpan<char> line)
    {
        var result = new StringBuilder(line.Length);
        foreach (var c in line.Trim())
        {
            if (!char.IsWhiteSpace(c))
                result.Append(c);
            else if (result[^1] != ' ')
                result.Append(' ');
        }

        return result.ToString();
    }

    private static int Indentation(LineIndex lines, int first, int count, EditBudget budget)
    {
        var least = int.MaxValue;
        for (var i = first; i < first + count; i++)
        {
            budget.Spend(lines[i].Length + 1);
            if (!lines[i].IsWhiteSpace())
                least = Math.Min(least, lines[i].Length - lines[i].TrimStart().Length);
        }

        return least == int.MaxValue ? 0 : least;
    }

    private static ReadOnlySpan<char> Without(ReadOnlySpan<char> line, int indentation) =>
        (line.Length >= indentation ? line[indentation..] : []).TrimEnd('\r');

    private static string Unescaped(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var next = text[i] == '\\' && i + 1 < text.Length ? text[i + 1] : '\0';
            var plain = next switch
            {
                'n' => '\n', 't' => '\t', 'r' => '\r', '\\' or '"' or '\'' or '`' or '$' or '\n' => next, _ => '\0',
            };
            result.Append(plain == '\0' ? text[i] : plain);
            i += plain == '\0' ? 0 : 1;
        }

        return result.ToString();
    }
}
