namespace Capstan.Engine.Files;

/// <summary>
/// Matches a name with one segment of a pattern: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!x]</c> and backslashes.
/// </summary>
internal static class GlobSegment
{
    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        var (p, n) = (0, 0);
        var (star, starName) = (-1, 0);
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, starName) = (p++, n);
                continue;
            }

            if (p < pattern.Length && MatchOne(pattern, p, name[n]) is var length && length > 0)
            {
                p += length;
                n++;
                continue;
            }

            if (star < 0)
                return false;
            // The match failed, so the last star takes one more character of the name.
            p = star + 1;
            n = ++starName;
        }

        while (p < pattern.Length && pattern[p] == '*')
            p++;
        return p == pattern.Length;
    }

    /// <summary>Returns the length of the part of the pattern that matches the character; 0 where none does.</summary>
    private static int MatchOne(ReadOnlySpan<char> pattern, int at, char c)
    {
        switch (pattern[at])
        {
            case '?':
                return 1;
            case '\\' when at + 1 < pattern.Length:
                return pattern[at + 1] == c ? 2 : 0;
            case '[':
                return MatchClass(pattern, at, c);
            default:
                return pattern[at] == c ? 1 : 0;
        }
    }

    private static int MatchClass(ReadOnlySpan<char> pattern, int at, char c)
    {
        var i = at + 1;
        var negated = i < pattern.Length && pattern[i] is '!' or '^';
        i += negated ? 1 : 0;
        var found = false;
        for (var first = i; i < pattern.Length; i++)
        {
            if (pattern[i] == ']' && i > first)
                return found != negated ? i + 1 - at : 0;
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
                i++;
            var low = pattern[i];
            var high = low;
            if (i + 2 < pattern.Length && pattern[i + 1] == '-' && pattern[i + 2] != ']')
            {
                i += 2;
                if (pattern[i] == '\\' && i + 1 < pattern.Length)
                    i++;
                high = pattern[i];
            }

            found |= c >= low && c <= high;
        }

        // A bracket without an end is an ordinary character.
        return c == '[' ? 1 : 0;
    }
}
