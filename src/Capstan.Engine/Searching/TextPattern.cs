using System.Text;
using System.Text.RegularExpressions;
using Capstan.Contract;

namespace Capstan.Engine.Searching;

/// <summary>
/// A pattern to search for. It is a plain text or a regular expression, with bytes that every match must hold, so that most lines
/// are skipped at the speed of a byte search. Any expression takes time linear to the line.
/// </summary>
internal sealed class TextPattern
{
    // In linear time a line takes this long only on a machine that stands still. The whole search has a deadline of its own.
    private static readonly TimeSpan LineTimeout = TimeSpan.FromSeconds(5);

    // Compiling a pattern takes time and memory, and cannot be stopped once it has begun.
    private const int MaxLength = 2000;

    private TextPattern(byte[] required, Regex? expression)
    {
        Required = required;
        Expression = expression;
    }

    /// <summary>Bytes that every matching line holds; may be empty.</summary>
    public byte[] Required { get; }

    /// <summary>The expression that decides whether a line matches; null where the bytes alone decide.</summary>
    public Regex? Expression { get; }

    /// <exception cref="SearchPatternException">
    /// The pattern is too long, is no regular expression, or cannot be run in linear time.
    /// </exception>
    public static TextPattern Parse(string pattern)
    {
        if (pattern.Length > MaxLength)
            throw new SearchPatternException($"The pattern is longer than {MaxLength} characters");
        if (Literal(pattern) is { } text)
        {
            return new TextPattern(Encoding.UTF8.GetBytes(text), null);
        }

        try
        {
            var expression = new Regex(
                Translate(pattern), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, LineTimeout);
            return new TextPattern(Encoding.UTF8.GetBytes(RequiredText(pattern)), expression);
        }
        catch (ArgumentException error)
        {
            throw new SearchPatternException($"The pattern is not a valid regular expression: {error.Message}", error);
        }
        catch (NotSupportedException error)
        {
            throw new SearchPatternException(
                "The pattern cannot be searched for: backreferences, lookarounds and very large repetitions are not supported. "
                + error.Message, error);
        }
    }

    /// <summary>Finds the places in a line that match, in order.</summary>
    /// <param name="line">The line without its line end.</param>
    /// <param name="limit">How many places are found at the most.</param>
    /// <param name="maxBytes">How many bytes the texts of all places may have together; the text that goes beyond is cut.</param>
    /// <param name="cancellationToken">Stops the search: all places of a line can take much longer than the first.</param>
    public IReadOnlyList<TextSubmatch> Places(ReadOnlySpan<byte> line, int limit, int maxBytes, CancellationToken cancellationToken)
    {
        var places = new List<TextSubmatch>();
        var left = maxBytes;
        if (Expression is null)
        {
            var from = 0;
            while (places.Count < limit && left > 0 && line[from..].IndexOf(Required) is var at and >= 0)
            {
                Add(line.Slice(from + at, Required.Length), from + at);
                from += at + Required.Length;
            }

            return places;
        }

        // Offsets count bytes of the text that clients get, in which bytes that are not UTF-8 are replaced.
        var text = Encoding.UTF8.GetString(line);
        var (character, offset) = (0, 0);
        foreach (var match in Expression.EnumerateMatches(text))
        {
            cancellationToken.ThrowIfCancellationRequested();
            offset += Encoding.UTF8.GetByteCount(text.AsSpan(character, match.Index - character));
            character = match.Index;
            Add(Encoding.UTF8.GetBytes(text, match.Index, match.Length), offset);
            if (places.Count == limit || left <= 0)
                break;
        }

        return places;

        void Add(ReadOnlySpan<byte> match, int start)
        {
            places.Add(new TextSubmatch(new MatchText(Utf8Text.Shown(match, left)), start, start + match.Length));
            left -= match.Length;
        }
    }

    /// <summary>Returns the text that the pattern stands for; null where it can match more than one text.</summary>
    private static string? Literal(string pattern)
    {
        var text = new StringBuilder(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
            {
                if (i + 1 == pattern.Length || !IsPunctuation(pattern[i + 1]))
                    return null;
                i++;
            }
            else if (IsSpecial(pattern[i]) || pattern[i] == '\n')
            {
                return null;
            }

            text.Append(pattern[i]);
        }

        return text.Length == 0 ? null : text.ToString();
    }

    /// <summary>
    /// Finds the longest run of plain characters outside groups that every match
    /// holds; empty where an alternative or an option may make the run optional.
    /// </summary>
    private static string RequiredText(string pattern)
    {
        if (pattern.Contains('|', StringComparison.Ordinal) || pattern.Contains("(?", StringComparison.Ordinal))
            return "";
        var (best, run) = ("", new StringBuilder());
        var depth = 0;
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            var plain = depth == 0 && !IsSpecial(c);
            if (c == '\\' && i + 1 < pattern.Length)
            {
                c = pattern[++i];
                plain = depth == 0 && IsPunctuation(c);
                // Escapes such as \p{…}, \x{…} and \k<…> have further characters, so
                // there is no required text: a wrong one would lose matches.
                if (!plain && c is 'p' or 'P' or 'x' or 'u' or 'k' or 'c' || char.IsAsciiDigit(c))
                    return "";
            }
            else if (c == '[')
            {
                i = EndOfClass(pattern, i);
            }
            else if (c == '{')
            {
                i = pattern.IndexOf('}', i) is var close && close < 0 ? pattern.Length : close;
            }
            else
            {
                depth += c switch { '(' => 1, ')' => -1, _ => 0 };
            }

            // A character that may occur no time ends the run before it; a character that may repeat ends the run after it.
            var next = i + 1 < pattern.Length ? pattern[i + 1] : '\0';
            if (plain && next is not ('?' or '*' or '{'))
                run.Append(c);
            if (!plain || next is '?' or '*' or '{' or '+')
            {
                best = run.Length > best.Length ? run.ToString() : best;
                run.Clear();
            }
        }

        return run.Length > best.Length ? run.ToString() : best;
    }

    private static int EndOfClass(string pattern, int open)
    {
        var i = open + 1;
        if (i < pattern.Length && pattern[i] == '^')
            i++;
        for (var first = i; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
                i++;
            else if (pattern[i] == ']' && i > first)
                return i;
        }

        return pattern.Length;
    }

    /// <summary>Rewrites syntax that ripgrep has and .NET does not have: <c>(?P&lt;n&gt;…)</c> and POSIX classes.</summary>
    private static string Translate(string pattern)
    {
        var text = pattern.Replace("(?P<", "(?<", StringComparison.Ordinal);
        foreach (var (name, range) in PosixClasses)
            text = text.Replace($"[:{name}:]", range, StringComparison.Ordinal);
        return text;
    }

    private static readonly (string Name, string Range)[] PosixClasses =
    [
        ("alpha", "a-zA-Z"), ("digit", "0-9"), ("alnum", "a-zA-Z0-9"), ("upper", "A-Z"), ("lower", "a-z"), ("space", @"\s"),
        ("blank", @" \t"), ("punct", @"!-/:-@\[-`{-~"), ("xdigit", "0-9A-Fa-f"), ("word", @"\w"), ("cntrl", @"\x00-\x1f\x7f"),
    ];

    private static bool IsSpecial(char c) => c is '\\' or '.' or '+' or '*' or '?' or '(' or ')' or '[' or ']' or '{' or '}' or '|' or '^' or '$';

    private static bool IsPunctuation(char c) => char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)) && c is not ('<' or '>');
}
