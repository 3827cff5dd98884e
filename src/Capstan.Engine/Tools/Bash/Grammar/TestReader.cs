namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>Reads <c>[[ … ]]</c>: tests of words, which may be joined and grouped.</summary>
internal sealed class TestReader(ShellCursor cursor, ScriptParser scripts)
{
    private static readonly HashSet<string> Comparisons = new(StringComparer.Ordinal) { "=", "==", "!=", "-nt", "-ot", "-ef" };

    private static readonly HashSet<string> NumberComparisons = new(StringComparer.Ordinal) { "-eq", "-ne", "-lt", "-le", "-gt", "-ge" };

    private readonly List<ShellWord> _operands = [];
    private readonly List<ShellWord> _numbers = [];

    /// <summary>Reads the tests after the opening brackets, and the closing brackets.</summary>
    public ShellNode? Read()
    {
        var start = cursor.Position - 2;
        var open = 0;
        while (true)
        {
            while (scripts.SkipLines() && (TakeWord("!") || Take("(")))
                open += cursor.Text[cursor.Position - 1] == '(' ? 1 : 0;
            if (!ReadTest())
                return Fail("something in [[ … ]] that is no plain test", start);
            while (scripts.SkipLines() && open > 0 && Take(")"))
                open--;
            if (Take("&&") || Take("||"))
                continue;
            return open == 0 && TakeWord("]]")
                ? new ShellTest(_operands, _numbers)
                : Fail("something in [[ … ]] that is no plain test", start);
        }
    }

    private bool ReadTest()
    {
        if (ReadOperand() is not { } first)
            return false;
        cursor.SkipBlanks();
        if (first.Plain is { Length: 2 } unary && unary[0] == '-' && char.IsAsciiLetter(unary[1]))
        {
            // The operators -v and -R evaluate the subscript of their operand.
            return unary is not ("-v" or "-R") && ReadOperand() is not null;
        }

        if (cursor.Current is '<' or '>' && cursor.Peek(1) is ' ' or '\t')
        {
            cursor.Position++;
            cursor.SkipBlanks();
            return ReadOperand() is not null;
        }

        if (ShellCursor.EndsWord(cursor.Current) || ReservedWords.At(cursor) == "]]")
            return true;
        return scripts.Words.Read()?.Plain is { } sign && ReadComparison(first, sign);
    }

    private bool ReadComparison(ShellWord first, string sign)
    {
        cursor.SkipBlanks();
        if (sign == "=~")
            return ReadExpression();
        if (ReadOperand() is not { } second)
            return false;
        if (NumberComparisons.Contains(sign))
            _numbers.AddRange([first, second]);
        else if (!Comparisons.Contains(sign))
            return false;
        return true;
    }

    private ShellWord? ReadOperand()
    {
        if (ReservedWords.At(cursor) == "]]" || scripts.Words.Read() is not { Pieces.Count: > 0 } word || cursor.Current == '(')
            return null;
        _operands.Add(word);
        return word;
    }

    /// <summary>
    /// Reads a regular expression: words with parentheses and bars between
    /// them. A blank ends the expression, and is not read within a group.
    /// </summary>
    private bool ReadExpression()
    {
        var open = 0;
        var start = cursor.Position;
        while (true)
        {
            switch (cursor.Current)
            {
                case '(':
                    open++;
                    cursor.Position++;
                    break;
                case ')' when open > 0:
                    open--;
                    cursor.Position++;
                    break;
                case '|' when open > 0:
                    cursor.Position++;
                    break;
                case ' ' or '\t' or '\n':
                    return open == 0 && cursor.Position > start;
                default:
                    if (cursor.Current == '~' || ShellCursor.EndsWord(cursor.Current) || scripts.Words.Read() is not { } word)
                        return false;
                    _operands.Add(word);
                    break;
            }
        }
    }

    private bool Take(string sign)
    {
        if (cursor.Failure is not null || !cursor.StartsWith(sign))
            return false;
        cursor.Position += sign.Length;
        return true;
    }

    private bool TakeWord(string word)
    {
        if (cursor.Failure is not null || ReservedWords.At(cursor) != word)
            return false;
        cursor.Position += word.Length;
        return true;
    }

    private ShellNode? Fail(string construct, int position)
    {
        cursor.Fail(construct, position);
        return null;
    }
}
