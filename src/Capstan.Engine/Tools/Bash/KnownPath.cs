using Capstan.Engine.Tools.Bash.Grammar;

namespace Capstan.Engine.Tools.Bash;

/// <summary>Finds the paths that words name, as far as they are known before the shell runs.</summary>
internal static class KnownPath
{
    /// <summary>Returns the path that a word names; null where it is not known.</summary>
    public static string? Of(ShellWord word, VariableFacts facts) =>
        word.Known is { } known && IsCertain(word, facts) ? AtHome(word, known) : null;

    /// <summary>
    /// Returns the path, or the directory that the path must begin with where only that is known; null where nothing is known.
    /// </summary>
    public static string? BeginningOf(ShellWord word, VariableFacts facts)
    {
        if (Of(word, facts) is { } known)
            return known.Length == 0 || known[0] is '-' or '+' ? null : known;
        var text = string.Concat(word.Pieces.TakeWhile(static piece => piece is WordPiece.Literal or WordPiece.Home)
            .Select(static piece => piece.Written));
        var slash = text.LastIndexOf('/');
        return slash < 0 || !IsCertain(word, facts) || text[0] is '-' or '+' ? null : AtHome(word, text[..(slash + 1)]);
    }

    /// <summary>Whether the word's home directory, if it has one, is certain: the script does not assign to HOME.</summary>
    public static bool IsCertain(ShellWord word, VariableFacts facts) => !word.IsInHome || !facts.IsAssigned("HOME");

    private static string AtHome(ShellWord word, string text) => word.IsInHome
        ? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + text[1..]
        : text;
}
