namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>A word of a command: a name, an argument, a value or a file.</summary>
/// <param name="Pieces">The pieces of the word, in order.</param>
/// <param name="Position">Where the word begins, in characters from the start of the script.</param>
internal sealed record ShellWord(IReadOnlyList<WordPiece> Pieces, int Position)
{
    /// <summary>The word without its quotes, and with expansions as they are written.</summary>
    public string Text { get; } = string.Concat(Pieces.Select(static piece => piece.Written));

    /// <summary>
    /// The word's value where it is known before the shell runs, with a
    /// leading tilde as it is written; null where it is not known.
    /// </summary>
    public string? Known => Pieces.All(static piece => piece is WordPiece.Literal or WordPiece.Home) ? Text : null;

    /// <summary>The word's value where it is known and no part of the word is quoted; null otherwise.</summary>
    public string? Plain => Pieces is [WordPiece.Literal { IsQuoted: false }] ? Text : null;

    /// <summary>Whether the word begins with an unquoted tilde.</summary>
    public bool IsInHome => Pieces is [WordPiece.Home, ..];

    /// <summary>Whether the word is certainly one word when the command runs.</summary>
    public bool IsOne => Pieces.All(static piece => piece switch
    {
        WordPiece.Variable { IsList: true } => false,
        WordPiece.Literal or WordPiece.Home or WordPiece.Number => true,
        WordPiece.Substitution { IsPipe: true } => true,
        WordPiece.Variable { IsNumber: true } => true,
        _ => piece.IsQuoted,
    });

    /// <summary>Whether the word may become no word at all, or several.</summary>
    public bool MayVanish => Pieces.Count > 0 && !IsOne && Pieces.All(static piece => piece switch
    {
        WordPiece.Variable { IsList: true } or WordPiece.Literal { Written: "" } => true,
        WordPiece.Variable or WordPiece.Substitution or WordPiece.Inserted => !piece.IsQuoted,
        _ => false,
    });

    /// <summary>The scripts that run while the shell expands the word.</summary>
    public IEnumerable<ShellNode> Scripts => Pieces.OfType<WordPiece.Substitution>().Select(static piece => piece.Body);

    /// <summary>The arithmetic that the shell evaluates while it expands the word.</summary>
    public IEnumerable<ShellArithmetic> Arithmetic => Pieces.OfType<WordPiece.Number>().Select(static piece => piece.Expression);
}
