namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>A piece of a word: known text, or an expression that the shell replaces by text.</summary>
/// <param name="Written">The text without its quotes; expansions are as they are written.</param>
/// <param name="IsQuoted">
/// Whether the piece is quoted, so that the shell neither splits it nor matches it with file names.
/// </param>
internal abstract record WordPiece(string Written, bool IsQuoted)
{
    /// <summary>Text that stands for itself.</summary>
    internal sealed record Literal(string Written, bool IsQuoted) : WordPiece(Written, IsQuoted);

    /// <summary>A tilde at the start of a word, which stands for the home directory.</summary>
    internal sealed record Home() : WordPiece("~", false);

    /// <summary>A variable or parameter.</summary>
    /// <param name="Name">The name of the variable or parameter.</param>
    /// <param name="Written">The expansion as it is written.</param>
    /// <param name="IsQuoted">Whether the expansion is quoted.</param>
    /// <param name="IsNumber">Whether the value can only be a number, such as a length.</param>
    /// <param name="IsPlain">Whether the expansion has no operator, so that its value is the variable's.</param>
    internal sealed record Variable(string Name, string Written, bool IsQuoted, bool IsNumber, bool IsPlain)
        : WordPiece(Written, IsQuoted)
    {
        /// <summary>Whether the expansion can be several words or none, even in quotes.</summary>
        public bool IsList => Name is "@" or "*";
    }

    /// <summary>The output of a script, or the name of a pipe from or to a script.</summary>
    internal sealed record Substitution(ShellNode Body, string Written, bool IsQuoted, bool IsPipe) : WordPiece(Written, IsQuoted);

    /// <summary>The result of arithmetic, which is always a number.</summary>
    internal sealed record Number(ShellArithmetic Expression, string Written, bool IsQuoted) : WordPiece(Written, IsQuoted);

    /// <summary>A pattern of file names, or a list in braces.</summary>
    /// <param name="Written">The first character of the pattern or list.</param>
    /// <param name="ReachesEnd">Whether the pattern or list may change all of the word that follows it.</param>
    internal sealed record Pattern(string Written, bool ReachesEnd) : WordPiece(Written, false);

    /// <summary>Text that a program inserts when it runs the command, as find does for <c>{}</c>.</summary>
    internal sealed record Inserted(string Written) : WordPiece(Written, false);
}
