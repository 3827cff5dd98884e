namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>A piece of a word: known text, or something that the shell puts text in the place of.</summary>
/// <param name="Written">The text without its quotes; expansions as they are written.</param>
/// <param name="IsQuoted">Whether it stands in quotes, so that it is neither split nor matched against files.</param>
internal abstract record WordPiece(string Written, bool IsQuoted)
{
    /// <summary>Text that stands for itself.</summary>
    internal sealed record Literal(string Written, bool IsQuoted) : WordPiece(Written, IsQuoted);

    /// <summary>A tilde for the home directory, at the start of a word.</summary>
    internal sealed record Home() : WordPiece("~", false);

    /// <summary>A variable or parameter.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Written">The expansion as it is written.</param>
    /// <param name="IsQuoted">Whether it stands in quotes.</param>
    /// <param name="IsNumber">Whether the value can be nothing but a number, such as a length.</param>
    /// <param name="IsPlain">Whether the value is that of the variable, with no operator.</param>
    internal sealed record Variable(string Name, string Written, bool IsQuoted, bool IsNumber, bool IsPlain)
        : WordPiece(Written, IsQuoted)
    {
        /// <summary>Whether even in quotes it can be several words or none.</summary>
        public bool IsList => Name is "@" or "*";
    }

    /// <summary>The output of a script, or the name of a pipe from or to it.</summary>
    internal sealed record Substitution(ShellNode Body, string Written, bool IsQuoted, bool IsPipe) : WordPiece(Written, IsQuoted);

    /// <summary>The result of arithmetic: always a number.</summary>
    internal sealed record Number(ShellArithmetic Expression, string Written, bool IsQuoted) : WordPiece(Written, IsQuoted);

    /// <summary>A pattern of file names, or a list in braces.</summary>
    /// <param name="Written">Its first character.</param>
    /// <param name="ReachesEnd">Whether it may change all of the word that follows.</param>
    internal sealed record Pattern(string Written, bool ReachesEnd) : WordPiece(Written, false);

    /// <summary>Text that a program puts in when it runs the command, such as the <c>{}</c> of find.</summary>
    internal sealed record Inserted(string Written) : WordPiece(Written, false);
}
