namespace Capstan.Engine.Permissions;

/// <summary>Matches patterns with text that has gaps: parts that are not known yet.</summary>
internal static class GappedText
{
    /// <summary>Whether the pattern matches the text whatever its gaps hold. False where that is not plain to see.</summary>
    public static bool Covers(string text, string pattern)
    {
        if (!HasGaps(text))
            return Wildcard.Matches(text, pattern);
        if (pattern == "*")
            return true;
        // Only a star in a pattern may stand for a gap.
        if (pattern.Contains('?', StringComparison.Ordinal) || HasGaps(pattern))
            return false;
        return Wildcard.Matches(text, pattern)
            || (pattern.EndsWith(" *", StringComparison.Ordinal)
                && Wildcard.Matches(text, $"{pattern[..^2]}{PermissionSubject.OptionalGap}*"));
    }

    /// <summary>
    /// Whether the pattern may match the text, for something that its gaps could hold. True where that is not plain to see.
    /// </summary>
    public static bool MayMatch(string text, string pattern)
    {
        if (!HasGaps(text))
            return Wildcard.Matches(text, pattern);
        return Meets(text, pattern.Replace('\\', '/'))
            || (pattern.EndsWith(" *", StringComparison.Ordinal) && Meets(text, pattern[..^2].Replace('\\', '/')));
    }

    // Only the known ends of the text, before its first gap and after its last, are compared with the ends of the pattern, before
    // its first star and after its last.
    private static bool Meets(string text, string pattern)
    {
        text = text.Replace('\\', '/');
        var head = text.AsSpan(0, text.AsSpan().IndexOfAny(PermissionSubject.Gap, PermissionSubject.OptionalGap));
        var tail = text.AsSpan(text.AsSpan().LastIndexOfAny(PermissionSubject.Gap, PermissionSubject.OptionalGap) + 1);
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        if (star < 0)
            return head.Length + tail.Length <= pattern.Length && Fits(head, pattern) && FitsEnd(tail, pattern);
        return Fits(head, pattern.AsSpan(0, star)) && FitsEnd(tail, pattern.AsSpan(pattern.LastIndexOf('*') + 1));
    }

    private static bool Fits(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        for (var i = 0; i < Math.Min(text.Length, pattern.Length); i++)
        {
            if (pattern[i] != '?' && pattern[i] != text[i])
                return false;
        }

        return true;
    }

    private static bool FitsEnd(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        var length = Math.Min(text.Length, pattern.Length);
        return Fits(text[^length..], pattern[^length..]);
    }

    private static bool HasGaps(string text) => text.AsSpan().ContainsAny(PermissionSubject.Gap, PermissionSubject.OptionalGap);
}
