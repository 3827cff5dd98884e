using System.Buffers;

namespace Capstan.Engine.Searching;

/// <summary>
/// What somebody typed to find a file: words, each of which a path must hold, in any letter case. What fits best comes first.
/// </summary>
/// <remarks>
/// A word fits a path in one of these ways, the best first. The tail of a path is its last segment, or as many
/// of its last segments as the word has, so that <c>src/ma</c> fits <c>lib/src/main.cs</c> as <c>ma</c> fits <c>main.cs</c>.
/// <list type="number">
/// <item>it is the tail;</item>
/// <item>the tail begins with it;</item>
/// <item>the tail holds it;</item>
/// <item>the path holds it;</item>
/// <item>the tail holds its characters in their order, with others between them;</item>
/// <item>the path does.</item>
/// </list>
/// Among paths that fit equally well, those come first in which fewer of the word's runs begin within a word of the path, then shorter
/// ones, then by the alphabet: <c>atxt</c> finds <c>a.txt</c> before <c>late.txt</c>.
/// </remarks>
internal sealed class NameQuery
{
    /// <summary>How many characters a query may have.</summary>
    public const int MaxLength = 256;

    private static readonly SearchValues<char> Separators = SearchValues.Create(" \t");

    private readonly string[] _words;

    private NameQuery(string[] words) => _words = words;

    /// <summary>Reads a query. Without a word, all paths fit.</summary>
    /// <exception cref="SearchPatternException">The query is too long.</exception>
    public static NameQuery Parse(string query)
    {
        if (query.Length > MaxLength)
            throw new SearchPatternException($"The query is longer than {MaxLength} characters");
        var words = new List<string>();
        foreach (var range in query.AsSpan().SplitAny(Separators))
        {
            // "./" names the directory in which all paths begin.
            var word = query.AsSpan(range);
            word = word.StartsWith("./") ? word[2..] : word;
            if (!word.IsEmpty)
                words.Add(word.ToString());
        }

        return new NameQuery([.. words]);
    }

    /// <summary>Says how well a path fits.</summary>
    /// <param name="path">The path; that of a directory ends with a slash.</param>
    /// <returns>Less is better; null where the path does not fit.</returns>
    public long? Rank(ReadOnlySpan<char> path)
    {
        var (ways, breaks) = (0L, 0L);
        foreach (var word in _words)
        {
            if (Fit(word, path) is not var (way, within))
                return null;
            ways += way;
            breaks += within;
        }

        // Paths have 4,095 bytes at the most, and so neither more characters nor more breaks.
        return (((ways << 20) + Math.Min(breaks, 0xFFFFF)) << 13) + Math.Min(path.Length, 0x1FFF);
    }

    private static (int Way, int Breaks)? Fit(ReadOnlySpan<char> word, ReadOnlySpan<char> path)
    {
        var tail = path[TailStart(path, word.TrimEnd('/').Count('/') + 1)..];
        if (tail.TrimEnd('/').Equals(word.TrimEnd('/'), StringComparison.OrdinalIgnoreCase) && tail.Length >= word.Length)
            return (0, 0);
        if (tail.StartsWith(word, StringComparison.OrdinalIgnoreCase))
            return (1, 0);
        if (tail.IndexOf(word, StringComparison.OrdinalIgnoreCase) is var at and >= 0)
            return (2, BeginsWord(tail, at) ? 0 : 1);
        if (path.IndexOf(word, StringComparison.OrdinalIgnoreCase) is var above and >= 0)
            return (3, BeginsWord(path, above) ? 0 : 1);
        if (Breaks(word, tail) is { } inTail)
            return (4, inTail);
        return Breaks(word, path) is { } inPath ? (5, inPath) : null;
    }

    private static int TailStart(ReadOnlySpan<char> path, int segments)
    {
        var start = path.TrimEnd('/').Length + 1;
        for (; segments > 0 && start > 0; segments--)
            start = path[..(start - 1)].LastIndexOf('/') + 1;
        return start;
    }

    /// <summary>
    /// Counts the runs of a word's characters that begin within a word of a text; null where the text does not hold the characters in
    /// their order.
    /// </summary>
    private static int? Breaks(ReadOnlySpan<char> word, ReadOnlySpan<char> text)
    {
        var (breaks, at) = (0, -1);
        foreach (var c in word)
        {
            var next = text[(at + 1)..].IndexOfAny(char.ToLowerInvariant(c), char.ToUpperInvariant(c));
            if (next < 0)
                return null;
            var isRun = next == 0 && at >= 0;
            at += next + 1;
            breaks += isRun || BeginsWord(text, at) ? 0 : 1;
        }

        return breaks;
    }

    private static bool BeginsWord(ReadOnlySpan<char> text, int at) =>
        at == 0 || !char.IsLetterOrDigit(text[at - 1]) || (char.IsUpper(text[at]) && char.IsLower(text[at - 1]));
}
