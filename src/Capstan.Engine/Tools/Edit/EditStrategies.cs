using System.Text;
using System.Text.RegularExpressions;

namespace Capstan.Engine.Tools.Edit;

/// <summary>The ways to find a text, each forgiving one kind of slip.</summary>
internal static class EditStrategies
{
    private const double BlockSimilarity = 0.65;

    private delegate bool LineComparison(ReadOnlySpan<char> line, ReadOnlySpan<char> wanted);

    public static IEnumerable<EditMatch> Exact(LineIndex file, EditText text) => All(file.Text, text.Old, text.New);

    /// <summary>Forgives space at the ends of lines.</summary>
    public static IEnumerable<EditMatch> LineTrimmed(LineIndex file, EditText text) =>
        Windows(file, text, static (line, wanted) => line.Trim().SequenceEqual(wanted.Trim()));

    /// <summary>Forgives a middle that is nearly right between a first and a last line that are.</summary>
    public static IEnumerable<EditMatch> BlockAnchor(LineIndex file, EditText text)
    {
        var wanted = text.Lines;
        if (wanted.Count < 3)
            yield break;
        // The block may have grown or shrunk by a quarter since it was read.
        var slack = Math.Max(1, wanted.Count / 4);
        for (var first = 0; first < file.Count; first++)
        {
            if (!Same(file, first, wanted, 0))
                continue;
            for (var count = Math.Max(3, wanted.Count - slack); count <= wanted.Count + slack && first + count <= file.Count; count++)
            {
                if (Same(file, first + count - 1, wanted, wanted.Count - 1)
                    && MiddleSimilarity(file, first, count, wanted) >= BlockSimilarity)
                {
                    yield return Whole(file, first, count, text);
                    break;
                }
            }
        }
    }

    /// <summary>Forgives any amount of white space where there is some.</summary>
    public static IEnumerable<EditMatch> WhitespaceNormalized(LineIndex file, EditText text)
    {
        var whole = Windows(file, text, static (line, wanted) => Collapsed(line) == Collapsed(wanted)).ToList();
        var words = text.Old.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (whole.Count > 0 || words.Length < 2 || text.Lines.Count != 1)
            return whole;
        var pattern = string.Join(@"[ \t]+", words.Select(Regex.Escape));
        var regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        return regex.Matches(file.Text).Select(match => new EditMatch(match.Index, match.Length, text.New.Trim()));
    }

    /// <summary>Forgives a block that stands further left or right.</summary>
    public static IEnumerable<EditMatch> IndentationFlexible(LineIndex file, EditText text)
    {
        var wanted = text.Lines;
        var wantedIndent = Indentation(wanted, 0, wanted.Count);
        for (var first = 0; wanted.Count > 0 && first + wanted.Count <= file.Count; first++)
        {
            var indent = Indentation(file, first, wanted.Count);
            var same = true;
            for (var i = 0; same && i < wanted.Count; i++)
                same = Without(file[first + i], indent).SequenceEqual(Without(wanted[i], wantedIndent));
            if (same)
                yield return Whole(file, first, wanted.Count, text);
        }
    }

    /// <summary>Forgives escapes that were written out, such as a backslash and an n for a newline.</summary>
    public static IEnumerable<EditMatch> EscapeNormalized(LineIndex file, EditText text)
    {
        var unescaped = Unescaped(text.Old);
        // Who escaped the one text escaped the other.
        return unescaped == text.Old ? [] : All(file.Text, unescaped, Unescaped(text.New));
    }

    /// <summary>Forgives white space around the whole text.</summary>
    public static IEnumerable<EditMatch> TrimmedBoundary(LineIndex file, EditText text)
    {
        var trimmed = text.Old.Trim();
        if (trimmed.Length == 0 || trimmed.Length == text.Old.Length)
            return [];
        var leading = text.Old[..(text.Old.Length - text.Old.TrimStart().Length)];
        var trailing = text.Old[text.Old.TrimEnd().Length..];
        var replacement = text.New;
        if (leading.Length > 0 && replacement.StartsWith(leading, StringComparison.Ordinal))
            replacement = replacement[leading.Length..];
        if (trailing.Length > 0 && replacement.EndsWith(trailing, StringComparison.Ordinal))
            replacement = replacement[..^trailing.Length];
        return All(file.Text, trimmed, replacement);
    }

    /// <summary>Forgives lines that differ inside a block of the same length, as long as half of them are right.</summary>
    public static IEnumerable<EditMatch> ContextAware(LineIndex file, EditText text)
    {
        var wanted = text.Lines;
        for (var first = 0; wanted.Count >= 3 && first + wanted.Count <= file.Count; first++)
        {
            if (!Same(file, first, wanted, 0) || !Same(file, first + wanted.Count - 1, wanted, wanted.Count - 1))
                continue;
            var (equal, total) = (0, 0);
            for (var i = 1; i < wanted.Count - 1; i++)
            {
                if (wanted[i].IsWhiteSpace() && file[first + i].IsWhiteSpace())
                    continue;
                total++;
                equal += Same(file, first + i, wanted, i) ? 1 : 0;
            }

            if (equal * 2 >= total)
                yield return Whole(file, first, wanted.Count, text);
        }
    }

    private static IEnumerable<EditMatch> All(string content, string wanted, string replacement)
    {
        for (var at = 0; wanted.Length > 0 && (at = content.IndexOf(wanted, at, StringComparison.Ordinal)) >= 0; at += wanted.Length)
            yield return new EditMatch(at, wanted.Length, replacement);
    }

    private static IEnumerable<EditMatch> Windows(LineIndex file, EditText text, LineComparison matches)
    {
        var wanted = text.Lines;
        for (var first = 0; wanted.Count > 0 && first + wanted.Count <= file.Count; first++)
        {
            var same = true;
            for (var i = 0; same && i < wanted.Count; i++)
                same = matches(file[first + i], wanted[i]);
            if (same)
                yield return Whole(file, first, wanted.Count, text);
        }
    }

    private static EditMatch Whole(LineIndex file, int first, int count, EditText text)
    {
        var (start, length) = file.Span(first, count, text.EndsWithNewline);
        return new EditMatch(start, length, text.New);
    }

    private static bool Same(LineIndex file, int line, LineIndex wanted, int wantedLine) =>
        file[line].Trim().SequenceEqual(wanted[wantedLine].Trim());

    private static double MiddleSimilarity(LineIndex file, int first, int count, LineIndex wanted)
    {
        var compared = Math.Min(count, wanted.Count) - 2;
        if (compared <= 0)
            return 1;
        var sum = 0.0;
        for (var i = 1; i <= compared; i++)
            sum += TextSimilarity.Of(file[first + i].Trim(), wanted[i].Trim());
        return sum / (Math.Max(count, wanted.Count) - 2);
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

    private static int Indentation(LineIndex lines, int first, int count)
    {
        var least = int.MaxValue;
        for (var i = first; i < first + count; i++)
        {
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
