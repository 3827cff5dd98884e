using System.Globalization;

namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>
/// A position in a script, and the state that its readers share: the first
/// failure, the depth, and the here-documents whose text is still to come.
/// </summary>
internal sealed class ShellCursor(string text, ShellDialect dialect, int depth)
{
    /// <summary>How deeply scripts may nest. Nobody nests deeper by hand, and a recursive reader needs a bound.</summary>
    public const int MaxDepth = 16;

    private int _depth = depth;

    public string Text { get; } = text;

    public ShellDialect Dialect { get; } = dialect;

    public int Position { get; set; }

    public NotUnderstood? Failure { get; private set; }

    /// <summary>Here-documents whose delimiter was on this line, and whose text begins with the next line.</summary>
    public List<PendingDocument> Documents { get; private set; } = [];

    /// <summary>
    /// Whether a line break at the cursor would stand between the delimiter and the text of a here-document of an outer script.
    /// </summary>
    public bool HoldsLine { get; private set; }

    /// <summary>Whether the script is inside a substitution.</summary>
    public bool IsInSubstitution { get; private set; }

    public int Depth => _depth;

    public bool AtEnd => Position >= Text.Length;

    /// <summary>The character at the cursor; NUL at the end, which no text holds.</summary>
    public char Current => Peek(0);

    public char Peek(int ahead) => Position + ahead < Text.Length ? Text[Position + ahead] : '\0';

    public bool StartsWith(string sign) => string.CompareOrdinal(Text, Position, sign, 0, sign.Length) == 0;

    /// <summary>
    /// Notes why the script is not understood. Only the first reason is kept, because later ones follow from it.
    /// </summary>
    public bool Fail(string construct, int? position = null)
    {
        Failure ??= new NotUnderstood(construct, position ?? Position);
        return false;
    }

    public bool Fail(NotUnderstood failure, int offset)
    {
        Failure ??= failure with { Position = failure.Position + offset };
        return false;
    }

    public bool Enter()
    {
        _depth++;
        return _depth <= MaxDepth || Fail("nesting deeper than the grammar follows");
    }

    public void Leave() => _depth--;

    /// <summary>Reads a nested script, which has here-documents of its own.</summary>
    public ShellNode? Nested(Func<ShellNode?> read)
    {
        var (documents, held, inside) = (Documents, HoldsLine, IsInSubstitution);
        (Documents, HoldsLine, IsInSubstitution) = ([], held || documents.Count > 0, true);
        var node = read();
        if (Documents.Count > 0)
            Fail("a here-document that ends with the script around it");
        (Documents, HoldsLine, IsInSubstitution) = (documents, held, inside);
        return Failure is null ? node : null;
    }

    /// <summary>
    /// Whether a line break inside quotes may stand here. With a here-document
    /// pending it fails, because shells differ in where the text begins.
    /// </summary>
    public bool AllowsLineBreak =>
        (Documents.Count == 0 && !HoldsLine) || Fail("a line break between a here-document's announcement and its text");

    /// <summary>Skips blanks and continued lines, the only things that separate words.</summary>
    public void SkipBlanks()
    {
        while (true)
        {
            if (Current is ' ' or '\t')
                Position++;
            else if (Current == '\\' && Peek(1) == '\n')
                Position += 2;
            else
                return;
        }
    }

    /// <summary>Finds a character that no script may hold, wherever it stands; null where there is none.</summary>
    public static NotUnderstood? Unreadable(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\r')
                return new NotUnderstood("a carriage return", i);
            if ((c < ' ' && c is not ('\t' or '\n')) || c == '\x7f')
                return new NotUnderstood("a control character", i);
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(c) || c >= '\ufffe')
                return new NotUnderstood("a character that is none", i);
        }

        return null;
    }

    /// <summary>
    /// Whether a character outside quotes looks like a blank or like nothing, but is an ordinary character to the shell.
    /// </summary>
    public static bool IsDeceptive(char c) => c > '\x7f'
        && (char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.Control);

    public static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c == '_';

    public static bool IsName(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';

    /// <summary>Whether a character ends an unquoted word.</summary>
    public static bool EndsWord(char c) => c is '\0' or ' ' or '\t' or '\n' or ';' or '&' or '|' or '<' or '>' or '(' or ')';

    public static bool IsIdentifier(string text) => text.Length > 0 && IsNameStart(text[0]) && text.All(IsName);
}
