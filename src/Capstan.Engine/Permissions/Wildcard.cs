namespace Capstan.Engine.Permissions;

/// <summary>
/// Patterns of permission rules: <c>*</c> is any run of characters, slashes and line breaks included; <c>?</c> is one character;
/// a backslash is a slash; the whole text must match; and a final <c>" *"</c> may be absent, so that <c>ls *</c> covers
/// <c>ls</c>.
/// </summary>
/// <remarks>
/// Patterns come from configuration and texts from models, so the cost must not explode: each stretch of a pattern between two
/// stars is searched for once, at its leftmost place in the text, and never again. That is correct because a match further right
/// would only leave less text to the stretches after it.
/// </remarks>
internal static class Wildcard
{
    private static readonly StringComparison Comparison =
        OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Whether the whole text matches the pattern.</summary>
    public static bool Matches(string text, string pattern)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(pattern);
        if (pattern == "*")
            return true;
        // Replace returns the same instance where there is nothing to replace.
        text = text.Replace('\\', '/');
        pattern = pattern.Replace('\\', '/');
        return MatchesWhole(text, pattern)
            || (pattern.EndsWith(" *", StringComparison.Ordinal) && MatchesWhole(text, pattern.AsSpan(0, pattern.Length - 2)));
    }

    private static bool MatchesWhole(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
            return text.Length == pattern.Length && Fits(text, pattern);
        // 1. The text begins with what stands before the pattern's first star.
        if (star > text.Length || !Fits(text[..star], pattern[..star]))
            return false;
        text = text[star..];
        pattern = pattern[(star + 1)..];
        // 2. Each stretch between stars is found as early as possible.
        for (star = pattern.IndexOf('*'); star >= 0; star = pattern.IndexOf('*'))
        {
            var stretch = pattern[..star];
            var at = Find(text, stretch);
            if (at < 0)
                return false;
            text = text[(at + stretch.Length)..];
            pattern = pattern[(star + 1)..];
        }

        // 3. The text ends with what stands after the pattern's last star.
        return text.Length >= pattern.Length && Fits(text[^pattern.Length..], pattern);
    }

    private static int Find(ReadOnlySpan<char> text, ReadOnlySpan<char> stretch)
    {
        if (!stretch.Contains('?'))
            return text.IndexOf(stretch, Comparison);
        for (var at = 0; at + stretch.Length <= text.Length; at++)
        {
            if (Fits(text.Slice(at, stretch.Length), stretch))
                return at;
        }

        return -1;
    }

    private static bool Fits(ReadOnlySpan<char> text, ReadOnlySpan<char> stretch)
    {
        if (!stretch.Contains('?'))
            return text.Equals(stretch, Comparison);
        for (var i = 0; i < stretch.Length; i++)
        {
            if (stretch[i] != '?' && !text.Slice(i, 1).Equals(stretch.Slice(i, 1), Comparison))
                return false;
        }

        return true;
    }
}
