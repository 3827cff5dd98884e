using System.Buffers;

namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>
/// Reads <c>${…}</c>: a name, its length, and the operators that cut or replace text, with operands of plain characters. An
/// operand has no quotes, expansions or braces, so that every shell finds the same end of it and nothing in it can run.
/// </summary>
internal sealed class ParameterReader(ShellCursor cursor)
{
    private static readonly SearchValues<char> Operand = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,+=@:%*");

    // Operators are tried in this order, so of two with the same beginning the longer one must come first.
    private static readonly string[] Operators = [":-", ":+", "-", "+", "##", "#", "%%", "%"];

    private static readonly string[] BashOperators = ["^^", "^", ",,", ",", "//", "/", ":"];

    /// <summary>Reads the braces; the cursor is at the opening one.</summary>
    public WordPiece? ReadBraces(bool quoted)
    {
        var start = cursor.Position - 1;
        cursor.Position++;
        var isLength = cursor.Current == '#' && cursor.Peek(1) != '}';
        cursor.Position += isLength ? 1 : 0;
        var name = ReadName(cursor);
        if (name.Length == 0)
            return Fail(cursor.Current == '!' ? "a variable named by another, ${!…}" : "an operator inside ${…}", start);
        if (cursor.Current == '[' && cursor.Dialect == ShellDialect.Bash)
            return ReadElement(name, start, quoted, isLength);
        var isPlain = cursor.Current == '}';
        if (!isPlain && (isLength || !ReadOperator()))
            return Fail("an operator inside ${…}", start);
        cursor.Position++;
        return new WordPiece.Variable(
            name, cursor.Text[start..cursor.Position], quoted, isLength || name is "#" or "?" or "$" or "!", isPlain && !isLength);
    }

    /// <summary>Reads a name, a number or a special parameter; returns an empty text where there is none.</summary>
    public static string ReadName(ShellCursor cursor)
    {
        var start = cursor.Position;
        if (ShellCursor.IsNameStart(cursor.Current))
        {
            while (ShellCursor.IsName(cursor.Current))
                cursor.Position++;
        }
        else if (char.IsAsciiDigit(cursor.Current))
        {
            while (char.IsAsciiDigit(cursor.Current))
                cursor.Position++;
        }
        else if (cursor.Current is '@' or '*' or '#' or '?' or '$' or '-' && cursor.Peek(1) == '}')
        {
            cursor.Position++;
        }

        return cursor.Text[start..cursor.Position];
    }

    /// <summary>
    /// Reads one element of an array by its number, or all elements. Any
    /// other subscript is refused, because it would be evaluated.
    /// </summary>
    private WordPiece? ReadElement(string name, int start, bool quoted, bool isLength)
    {
        var from = ++cursor.Position;
        while (char.IsAsciiDigit(cursor.Current) || (cursor.Current is '@' or '*' && cursor.Position == from))
            cursor.Position++;
        var subscript = cursor.Text[from..cursor.Position];
        if (subscript.Length == 0 || !ShellCursor.IsIdentifier(name) || !cursor.StartsWith("]}"))
            return Fail("an operator inside ${…}", start);
        cursor.Position += 2;
        // All elements of an array are several words or none, as $@ is.
        return new WordPiece.Variable(
            !isLength && subscript is "@" or "*" ? "@" : name, cursor.Text[start..cursor.Position], quoted, isLength, IsPlain: false);
    }

    private bool ReadOperator()
    {
        var sign = Operators.FirstOrDefault(cursor.StartsWith)
            ?? (cursor.Dialect == ShellDialect.Bash ? BashOperators.FirstOrDefault(cursor.StartsWith) : null);
        if (sign is null)
            return false;
        cursor.Position += sign.Length;
        var from = cursor.Position;
        while (Operand.Contains(cursor.Current))
            cursor.Position++;
        if (cursor.Current != '}')
            return false;
        var operand = cursor.Text.AsSpan(from, cursor.Position - from);
        return sign switch
        {
            // An offset and a length are arithmetic, so only numbers are read.
            ":" => operand.Length > 0 && operand.IndexOfAnyExceptInRange('0', ':') < 0,
            "^" or "^^" or "," or ",," => operand.Length == 0,
            _ => true,
        };
    }

    private WordPiece? Fail(string construct, int position)
    {
        cursor.Fail(construct, position);
        return null;
    }
}
