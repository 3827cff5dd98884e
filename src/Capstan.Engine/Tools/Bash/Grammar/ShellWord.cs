namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>A word of a command: a name, an argument, a value or a file.</summary>
/// <param name="Pieces">Its pieces in order; none in an empty pair of quotes.</param>
/// <param name="Position">Where it begins.</param>
internal sealed record ShellWord(IReadOnlyList<WordPiece> Pieces, int Position)
{
    /// <summary>The word with its quotes removed, what is expanded as it is written.</summary>
    public string Text { get; } = string.Concat(Pieces.Select(static piece => piece.Written));

    /// <summary>The word's value where it is known before the shell runs; a leading tilde stays as it is.</summary>
    public string? Known => Pieces.All(static piece => piece is WordPiece.Literal or WordPiece.Home) ? Text : null;

    /// <summary>The word's value where it is known and nothing of it is quoted.</summary>
    public string? Plain => Pieces is [WordPiece.Literal { IsQuoted: false }] ? Text : null;

    /// <summary>Whether it begins with an unquoted tilde.</summary>
    public bool IsInHome => Pieces is [WordPiece.Home, ..];

    /// <summary>Whether it is exactly one word when the command runs.</summary>
    public bool IsOne => Pieces.All(static piece => piece switch
    {
        WordPiece.Variable { IsList: true } => false,
        WordPiece.Literal or WordPiece.Home or WordPiece.Number => true,
        WordPiece.Substitution { IsPipe: true } => true,
        WordPiece.Variable { IsNumber: true } => true,
        _ => piece.IsQuoted,
    });

    /// <summary>Whether it may be no word at all, or several.</summary>
    public bool MayVanish => Pieces.Count > 0 && !IsOne && Pieces.All(static piece => piece switch
    {
        WordPiece.Variable { IsList: true } or WordPiece.Literal { Written: "" } => true,
        WordPiece.Variable or WordPiece.Substitution or WordPiece.Inserted => !piece.IsQuoted,
        _ => false,
    });

    /// <summary>The scripts that run while the word is expanded.</summary>
    public IEnumerable<ShellNode> Scripts => Pieces.OfType<WordPiece.Substitution>().Select(static piece => piece.Body);

    /// <summary>The arithmetic that is evaluated while the word is expanded.</summary>
    public IEnumerable<ShellArithmetic> Arithmetic => Pieces.OfType<WordPiece.Number>().Select(static piece => piece.Expression);
}
