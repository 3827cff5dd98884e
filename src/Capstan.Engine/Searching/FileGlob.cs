using Capstan.Engine.Files;

namespace Capstan.Engine.Searching;

/// <summary>The pattern of a search: a path pattern with alternatives in braces.</summary>
internal sealed class FileGlob
{
    private const int MaxAlternatives = 1024;
    private const int MaxLength = 4096;
    private readonly PathGlob[] _alternatives;

    private FileGlob(PathGlob[] alternatives) => _alternatives = alternatives;

    /// <exception cref="SearchPatternException">The pattern is too long, or its braces make too many alternatives.</exception>
    public static FileGlob Parse(string pattern)
    {
        if (pattern.Length > MaxLength)
            throw new SearchPatternException($"The pattern is longer than {MaxLength} characters");
        var open = new Queue<string>([pattern]);
        var done = new List<PathGlob>();
        while (open.TryDequeue(out var next))
        {
            if (Expand(next) is not { } expanded)
            {
                done.Add(PathGlob.Parse(next));
                continue;
            }

            foreach (var alternative in expanded)
                open.Enqueue(alternative);
            if (open.Count + done.Count > MaxAlternatives)
                throw new SearchPatternException($"The pattern has too many alternatives: {pattern}");
        }

        return new FileGlob([.. done]);
    }

    public bool IsMatch(ReadOnlySpan<char> path)
    {
        foreach (var alternative in _alternatives)
        {
            if (alternative.IsMatch(path))
                return true;
        }

        return false;
    }

    // Expands the first group in braces. Nested groups are expanded when the alternatives come up in turn.
    private static List<string>? Expand(string pattern)
    {
        var open = pattern.IndexOf('{', StringComparison.Ordinal);
        if (open < 0 || (open > 0 && pattern[open - 1] == '\\'))
            return null;
        var result = new List<string>();
        var (depth, start) = (0, open + 1);
        for (var i = open; i < pattern.Length; i++)
        {
            depth += pattern[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if ((pattern[i] == ',' && depth == 1) || depth == 0)
            {
                result.Add(pattern[start..i]);
                start = i + 1;
                if (depth == 0)
                    return [.. result.Select(middle => string.Concat(pattern.AsSpan(0, open), middle, pattern.AsSpan(i + 1)))];
            }
        }

        return null;
    }
}
