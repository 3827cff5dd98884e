namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>Reads words, with their quotes, escapes and expansions.</summary>
internal sealed class WordReader(ShellCursor cursor, ExpansionReader expansions)
{
    private int _lookedThrough;
    private int _lastComma = -1;

    /// <summary>Reads the word at the cursor; null where it is outside the grammar.</summary>
    public ShellWord? Read()
    {
        var start = cursor.Position;
        var word = new WordBuilder();
        if (cursor.Current == '~' && !ReadHome(word))
            return null;
        if (cursor.Current is '<' or '>')
            return ReadProcess(word, start);
        while (!ShellCursor.EndsWord(cursor.Current))
        {
            if (!ReadPiece(word, start))
                return null;
        }

        // The shell expands lists in braces before all else: {$,x}{y@P} becomes ${y@P}.
        if (word is { HasDollar: true, HasBraces: true })
            cursor.Fail("a dollar sign beside a list in braces", start);
        // The shell evaluates a subscript of the variable that such a word names.
        else if (cursor.Position > start && cursor.Text[start] == '{' && cursor.Text[cursor.Position - 1] == '}' && cursor.Current is '<' or '>')
            cursor.Fail("a descriptor named by a variable", start);
        return cursor.Failure is null ? word.ToWord(start) : null;
    }

    /// <summary>Reads an expansion, which begins with <c>$</c> or a backtick.</summary>
    public WordPiece? ReadExpansion(bool quoted) => expansions.Read(quoted);

    private bool ReadHome(WordBuilder word)
    {
        if (cursor.Peek(1) != '/' && !ShellCursor.EndsWord(cursor.Peek(1)))
            return cursor.Fail("a tilde for something else than the home directory");
        cursor.Position++;
        word.Add(new WordPiece.Home());
        return true;
    }

    private ShellWord? ReadProcess(WordBuilder word, int start)
    {
        if (expansions.ReadProcess() is not { } process)
            return null;
        word.Add(process);
        if (ShellCursor.EndsWord(cursor.Current) && cursor.Current is not ('<' or '>' or '('))
            return word.ToWord(start);
        cursor.Fail("a process substitution inside a word");
        return null;
    }

    private bool ReadPiece(WordBuilder word, int start)
    {
        var c = cursor.Current;
        switch (c)
        {
            case '\'':
                return ReadSingleQuotes(word);
            case '"':
                return ReadDoubleQuotes(word);
            case '\\':
                return ReadEscape(word, start);
            case '$' or '`':
                return ReadExpansion(word, quoted: false);
            case '*' or '?':
                word.Add(new WordPiece.Pattern(c.ToString(), ReachesEnd: false));
                break;
            case '[' when cursor.Position > start || !ShellCursor.EndsWord(cursor.Peek(1)):
                word.Add(new WordPiece.Pattern(c.ToString(), ReachesEnd: true));
                break;
            case '{' when IsBraceList():
                if (IsRangeOfSigns())
                    return cursor.Fail("a range of characters with signs among them");
                word.HasBraces = true;
                word.Add(new WordPiece.Pattern(c.ToString(), ReachesEnd: true));
                break;
            default:
                if (ShellCursor.IsDeceptive(c))
                    return cursor.Fail("a character that looks like a blank or like nothing");
                word.Add(c.ToString(), quoted: false);
                break;
        }

        cursor.Position++;
        return true;
    }

    private bool ReadExpansion(WordBuilder word, bool quoted)
    {
        switch (expansions.Read(quoted))
        {
            case null:
                return false;
            case WordPiece.Literal literal:
                word.HasDollar |= !quoted;
                word.Add(literal.Written, quoted);
                return true;
            case var piece:
                word.Add(piece);
                return true;
        }
    }

    private bool ReadSingleQuotes(WordBuilder word)
    {
        var close = cursor.Text.IndexOf('\'', cursor.Position + 1);
        if (close < 0)
            return cursor.Fail("a quote that is not closed");
        var text = cursor.Text[(cursor.Position + 1)..close];
        if (text.Contains('\n', StringComparison.Ordinal) && !cursor.AllowsLineBreak)
            return false;
        // An empty pair of quotes is a piece, too, because a word that has one is no keyword, no assignment and no number.
        word.Add(new WordPiece.Literal(text, IsQuoted: true));
        cursor.Position = close + 1;
        return true;
    }

    private bool ReadDoubleQuotes(WordBuilder word)
    {
        var start = cursor.Position++;
        word.Add(new WordPiece.Literal("", IsQuoted: true));
        while (cursor.Current != '"')
        {
            if (cursor.AtEnd)
                return cursor.Fail("a quote that is not closed", start);
            if (!ReadQuotedPiece(word))
                return false;
        }

        cursor.Position++;
        return true;
    }

    private bool ReadQuotedPiece(WordBuilder word)
    {
        var c = cursor.Current;
        if (c is '$' or '`')
            return ReadExpansion(word, quoted: true);
        var next = cursor.Peek(1);
        if ((c == '\n' || (c == '\\' && next == '\n')) && !cursor.AllowsLineBreak)
            return false;
        if (c == '\\' && next == '\n')
        {
            // Some shells take the beginning of the next line for a part of the variable's name.
            if (word.EndsWithExpansion)
                return cursor.Fail("a continued line behind an expansion");
            cursor.Position += 2;
            return true;
        }

        if (c == '\\' && next is '$' or '`' or '"' or '\\')
        {
            cursor.Position++;
            c = next;
        }

        word.Add(c.ToString(), quoted: true);
        cursor.Position++;
        return true;
    }

    private bool ReadEscape(WordBuilder word, int start)
    {
        var next = cursor.Peek(1);
        if (next == '\0')
            return cursor.Fail("a backslash at the end");
        if (next != '\n')
        {
            word.Add(next.ToString(), quoted: true);
            cursor.Position += 2;
            return true;
        }

        // Between plain characters, the shell joins the two lines. Beside other characters, shells may read another sign.
        var before = cursor.Position > start ? cursor.Text[cursor.Position - 1] : '\0';
        var after = cursor.Peek(2);
        if (!IsOrdinary(before) || word.EndsWithExpansion || !(IsOrdinary(after) || after is ' ' or '\t' or '\n' or '\0'))
            return cursor.Fail("a continued line inside a word");
        cursor.Position += 2;
        return true;
    }

    private static bool IsOrdinary(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or ',' or ':' or '=';

    /// <summary>Whether a list in braces may begin here, and not a brace that stands for itself as in <c>stash@{0}</c>.</summary>
    private bool IsBraceList()
    {
        var ahead = 1;
        while (char.IsAsciiLetterOrDigit(cursor.Peek(ahead)) || cursor.Peek(ahead) is '-' or '_')
            ahead++;
        if (cursor.Peek(ahead) == '}')
            return HasCommaBehind(ahead);
        return !(ahead == 1 && ShellCursor.EndsWord(cursor.Peek(1)));
    }

    /// <summary>
    /// Whether a range goes from capital to small letters or back. Between these are a backslash and a backtick.
    /// </summary>
    private bool IsRangeOfSigns() => cursor.Peek(2) == '.' && cursor.Peek(3) == '.'
        && char.IsAsciiLetter(cursor.Peek(1)) && char.IsAsciiLetter(cursor.Peek(4))
        && char.IsAsciiLetterUpper(cursor.Peek(1)) != char.IsAsciiLetterUpper(cursor.Peek(4));

    /// <summary>
    /// Whether a comma may follow in the same word: the shell takes <c>{a},b}</c> for a list of two, the first of which ends with
    /// a brace. An expansion counts as a comma, because its inside is not read here.
    /// </summary>
    private bool HasCommaBehind(int ahead)
    {
        // Each part of a word is searched only once, so that a word of nothing but braces takes linear time.
        var from = cursor.Position + ahead;
        if (from >= _lookedThrough)
            LookThrough(from);
        return from <= _lastComma;
    }

    private void LookThrough(int from)
    {
        _lastComma = -1;
        var quote = '\0';
        for (_lookedThrough = from; _lookedThrough < cursor.Text.Length; _lookedThrough++)
        {
            var c = cursor.Text[_lookedThrough];
            if (quote == '\0' && ShellCursor.EndsWord(c))
                return;
            if (quote != '\'' && c is '$' or '`')
                _lastComma = cursor.Text.Length;
            else if (quote == '\0' && c == ',')
                _lastComma = Math.Max(_lastComma, _lookedThrough);
            else if (quote != '\'' && c == '\\')
                _lookedThrough++;
            else if (c is '\'' or '"')
                quote = quote == '\0' ? c : quote == c ? '\0' : quote;
        }
    }
}
