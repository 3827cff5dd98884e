namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>
/// Reads arithmetic that has only numbers, names and operators: no subscripts, quotes, substitutions or comments.
/// </summary>
internal sealed class ArithmeticReader(ShellCursor cursor)
{
    private readonly List<string> _names = [];

    /// <summary>Reads an expression and the text that ends it.</summary>
    /// <param name="end">
    /// The text that ends the expression: two closing parentheses, or the semicolon between the parts of a <c>for</c>.
    /// </param>
    public ShellArithmetic? Read(string end)
    {
        var start = cursor.Position;
        var open = 0;
        while (open > 0 || !cursor.StartsWith(end))
        {
            var c = cursor.Current;
            if (c == ')' && --open < 0)
                return Fail("arithmetic that ends oddly", start);
            open += c == '(' ? 1 : 0;
            if (c == '$' ? !ReadVariable() : !ReadOther(c))
                return Fail("something in arithmetic that is no number, name or operator", start);
        }

        cursor.Position += end.Length;
        return new ShellArithmetic(_names, start);
    }

    private bool ReadVariable()
    {
        var before = cursor.Position > 0 ? cursor.Text[cursor.Position - 1] : '\0';
        var quoted = new ParameterReader(cursor);
        cursor.Position++;
        if (cursor.Current == '{')
        {
            if (quoted.ReadBraces(quoted: true) is not WordPiece.Variable variable || !(variable.IsNumber || variable.IsPlain))
                return false;
            if (!variable.IsNumber)
                _names.Add(variable.Name);
        }
        else if (cursor.Current is '#' or '?' or '$' or '!')
        {
            cursor.Position++;
        }
        else
        {
            var name = char.IsAsciiDigit(cursor.Current) ? cursor.Text.Substring(cursor.Position++, 1) : ParameterReader.ReadName(cursor);
            if (name.Length == 0)
                return false;
            _names.Add(name);
        }

        // Text directly beside a variable would form another name together with the variable's value.
        return !Joins(before) && !Joins(cursor.Current);
    }

    private bool ReadOther(char c)
    {
        var from = cursor.Position++;
        if (ShellCursor.IsName(c))
        {
            while (ShellCursor.IsName(cursor.Current))
                cursor.Position++;
            if (ShellCursor.IsNameStart(c))
                _names.Add(cursor.Text[from..cursor.Position]);
            return true;
        }

        return c is ' ' or '\t' or '+' or '-' or '*' or '/' or '%' or '<' or '>' or '=' or '!' or '&' or '|' or '^' or '~' or '?' or ':'
            or ',' or '(' or ')';
    }

    private static bool Joins(char c) => ShellCursor.IsName(c) || c is '$' or '}';

    private ShellArithmetic? Fail(string construct, int position)
    {
        cursor.Fail(construct, position);
        return null;
    }
}
