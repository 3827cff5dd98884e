namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>The words that have a meaning to the shell where a command begins.</summary>
internal static class ReservedWords
{
    private static readonly HashSet<string> All = new(StringComparer.Ordinal)
    {
        "!", "{", "}", "[[", "]]", "if", "then", "elif", "else", "fi", "while", "until", "for", "in", "do", "done", "case", "esac",
        "function", "select", "coproc", "time",
    };

    private static readonly HashSet<string> Closing = new(StringComparer.Ordinal)
    {
        "then", "elif", "else", "fi", "do", "done", "esac", "}",
    };

    public static bool Contains(string word) => All.Contains(word);

    /// <summary>
    /// Returns the reserved word at the cursor; null where there is none. With
    /// quotes, escapes or a continued line in it, a word is not reserved.
    /// </summary>
    public static string? At(ShellCursor cursor)
    {
        var length = 0;
        while (length <= 8 && cursor.Peek(length) is (>= 'a' and <= 'z') or '!' or '{' or '}' or '[' or ']')
            length++;
        if (length == 0 || !ShellCursor.EndsWord(cursor.Peek(length)))
            return null;
        var word = cursor.Text.Substring(cursor.Position, length);
        return All.Contains(word) ? word : null;
    }

    /// <summary>Whether the word at the cursor is a reserved word that ends a list of commands.</summary>
    public static bool ClosesAt(ShellCursor cursor) => At(cursor) is { } word && Closing.Contains(word);
}
