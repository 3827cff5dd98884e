using System.Buffers;

namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>Reads expansions, which begin with <c>$</c> or a backtick, and process substitutions.</summary>
internal sealed class ExpansionReader(ShellCursor cursor, ScriptParser scripts)
{
    private static readonly SearchValues<char> Ambiguous = SearchValues.Create("\\'\"\n#");

    /// <summary>
    /// Reads the expansion at the cursor. Returns a literal piece where the dollar sign
    /// stands for itself, and null where the expansion is outside the grammar.
    /// </summary>
    public WordPiece? Read(bool quoted)
    {
        var start = cursor.Position;
        if (cursor.Current == '`')
            return ReadBackticks(quoted);
        var next = cursor.Peek(1);
        cursor.Position++;
        switch (next)
        {
            case '(' when cursor.Peek(1) == '(':
                cursor.Position += 2;
                return new ArithmeticReader(cursor).Read("))") is { } expression
                    ? new WordPiece.Number(expression, cursor.Text[start..cursor.Position], quoted)
                    : null;
            case '(' when cursor.Peek(1) == '\\' && cursor.Peek(2) == '\n':
                return Fail("a continued line behind a parenthesis", start);
            case '(':
                cursor.Position++;
                return ReadScript() is { } body
                    ? new WordPiece.Substitution(body, cursor.Text[start..cursor.Position], quoted, IsPipe: false)
                    : null;
            case '{':
                return new ParameterReader(cursor).ReadBraces(quoted);
            case '\'' or '"' when !quoted:
                return Fail($"a quote with escapes of its own, ${next}…{next}", start);
            case '[':
                return Fail("arithmetic in square brackets", start);
            case '\\' or '`':
                return Fail("a dollar sign before a backslash or a backtick", start);
            case '@' or '*' or '#' or '?' or '$' or '!' or '-':
                cursor.Position++;
                return Variable(next.ToString(), start, quoted, isNumber: next is '#' or '?' or '$' or '!');
        }

        if (char.IsAsciiDigit(next))
        {
            cursor.Position++;
            return Variable(next.ToString(), start, quoted, isNumber: false);
        }

        if (ShellCursor.IsNameStart(next))
        {
            var name = ParameterReader.ReadName(cursor);
            return Variable(name, start, quoted, isNumber: false);
        }

        return next > '\x7f'
            ? Fail("a dollar sign before a character that is not ASCII", start)
            : new WordPiece.Literal("$", quoted);
    }

    /// <summary>Reads <c>&lt;(…)</c> or <c>&gt;(…)</c>.</summary>
    public WordPiece? ReadProcess()
    {
        var start = cursor.Position;
        if (cursor.Dialect == ShellDialect.Posix || cursor.Peek(1) != '(')
            return Fail("a process substitution in sh", start);
        cursor.Position += 2;
        return ReadScript() is { } body
            ? new WordPiece.Substitution(body, cursor.Text[start..cursor.Position], IsQuoted: true, IsPipe: true)
            : null;
    }

    private ShellNode? ReadScript() => cursor.Nested(() => scripts.ReadTo(')', "a substitution that is not closed"));

    /// <summary>
    /// Reads a script in backticks, which must have no quotes or escapes, because these could change what the inner script is.
    /// </summary>
    private WordPiece? ReadBackticks(bool quoted)
    {
        var start = cursor.Position;
        var close = cursor.Text.IndexOf('`', start + 1);
        if (close < 0)
            return Fail("a backtick that is not closed", start);
        var inner = cursor.Text[(start + 1)..close];
        if (inner.AsSpan().ContainsAny(Ambiguous))
            return Fail("quotes, escapes, comments or lines in backticks", start);
        var reader = new ShellCursor(inner, cursor.Dialect, cursor.Depth + 1);
        if (new ScriptParser(reader).ReadAll() is not { } body)
        {
            cursor.Fail(reader.Failure!, start + 1);
            return null;
        }

        cursor.Position = close + 1;
        return new WordPiece.Substitution(body, cursor.Text[start..cursor.Position], quoted, IsPipe: false);
    }

    private WordPiece.Variable Variable(string name, int start, bool quoted, bool isNumber) =>
        new(name, cursor.Text[start..cursor.Position], quoted, isNumber, IsPlain: true);

    private WordPiece? Fail(string construct, int position)
    {
        cursor.Fail(construct, position);
        return null;
    }
}
