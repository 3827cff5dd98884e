namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>Reads compound commands.</summary>
internal sealed class CompoundReader(ShellCursor cursor, ScriptParser scripts)
{
    private const string Odd = "a keyword in an odd place";

    /// <summary>Reads the compound command at the cursor.</summary>
    /// <param name="word">The reserved word that begins the command; null where a parenthesis begins it.</param>
    public ShellNode? Read(string? word)
    {
        if (word is null)
            return ReadParenthesis();
        if (cursor.Dialect == ShellDialect.Posix && word is "[[" or "function")
            return Fail($"{word} in sh");
        cursor.Position += word.Length;
        return word switch
        {
            "{" => ReadGroup(),
            "if" => ReadIf(),
            "while" or "until" => ReadWhile(),
            "for" => ReadFor(),
            "case" => ReadCase(),
            "[[" => new TestReader(cursor, scripts).Read(),
            "function" => ReadNamedFunction(),
            "select" or "coproc" => Fail(word),
            _ => Fail(Odd),
        };
    }

    /// <summary>Reads the body of a function, which must be a group or a subshell.</summary>
    public ShellNode? ReadFunction(string name, int position)
    {
        if (!ShellCursor.IsIdentifier(name.Replace('-', '_')) || !scripts.SkipLines() || !cursor.Enter())
            return Fail("a function with an odd name");
        if (ShellBuiltins.IsTaken(name))
            return Fail($"a function named {name}");
        var body = ReservedWords.At(cursor) == "{" ? Read("{") : cursor.Current == '(' && cursor.Peek(1) != '(' ? ReadParenthesis() : null;
        if (body is null)
            return Fail("a function whose body is neither a group nor a subshell");
        if (!scripts.Redirections.ReadAll(out var redirections))
            return null;
        cursor.Leave();
        return new ShellFunction(name, body with { Redirections = redirections }, position);
    }

    private ShellNode? ReadParenthesis()
    {
        if (cursor.Peek(1) == '(')
        {
            if (cursor.Dialect == ShellDialect.Posix)
                return Fail("((…)) in sh");
            cursor.Position += 2;
            return new ArithmeticReader(cursor).Read("))") is { } expression ? new ShellCalculation(expression) : null;
        }

        // Some shells join the lines and read a second parenthesis on the next line as part of ((.
        if (cursor.Peek(1) == '\\' && cursor.Peek(2) == '\n')
            return Fail("a continued line behind a parenthesis");
        cursor.Position++;
        if (scripts.ReadBody() is not { } body)
            return null;
        return Take(')') ? new ShellScope([body]) : Fail("a subshell that is not closed");
    }

    private ShellNode? ReadGroup() => scripts.ReadBody() is { } body && Take("}") ? body : Fail("a group that is not closed");

    private ShellNode? ReadIf()
    {
        var branches = new List<ShellBranch>();
        do
        {
            if (scripts.ReadBody() is not { } condition || !Take("then") || scripts.ReadBody() is not { } body)
                return Fail(Odd);
            branches.Add(new ShellBranch(condition, body));
        }
        while (Take("elif"));

        ShellNode? otherwise = null;
        if (Take("else") && (otherwise = scripts.ReadBody()) is null)
            return null;
        return Take("fi") ? new ShellConditional(branches, otherwise) : Fail(Odd);
    }

    private ShellNode? ReadWhile() => scripts.ReadBody() is { } condition && ReadDo() is { } body
        ? new ShellLoop(condition, body, null, [])
        : Fail(Odd);

    private ShellNode? ReadDo()
    {
        if (!scripts.SkipLines() || !Take("do") || scripts.ReadBody() is not { } body)
            return Fail(Odd);
        return Take("done") ? body : Fail(Odd);
    }

    private ShellNode? ReadFor()
    {
        cursor.SkipBlanks();
        if (cursor.StartsWith("(("))
            return ReadCountingFor();
        if (scripts.Words.Read()?.Plain is not { } name || !ShellCursor.IsIdentifier(name))
            return Fail("a loop over an odd variable");
        cursor.SkipBlanks();
        if (!Take("in"))
            return Fail("for without a list");
        var items = new List<ShellWord>();
        for (cursor.SkipBlanks(); cursor.Current is not (';' or '\n' or '#'); cursor.SkipBlanks())
        {
            if (ReadWord() is not { } item)
                return Fail("an odd list of for");
            items.Add(item);
        }

        cursor.Position += cursor.Current == ';' ? 1 : 0;
        return ReadDo() is { } body ? new ShellLoop(null, body, name, items) : null;
    }

    private ShellNode? ReadCountingFor()
    {
        if (cursor.Dialect == ShellDialect.Posix)
            return Fail("for ((…)) in sh");
        cursor.Position += 2;
        var parts = new List<ShellNode>();
        foreach (var end in (ReadOnlySpan<string>)[";", ";", "))"])
        {
            if (new ArithmeticReader(cursor).Read(end) is not { } expression)
                return null;
            parts.Add(new ShellCalculation(expression));
        }

        cursor.SkipBlanks();
        cursor.Position += cursor.Current == ';' ? 1 : 0;
        return ReadDo() is { } body ? new ShellLoop(new ShellSequence(parts), body, null, []) : null;
    }

    private ShellNode? ReadCase()
    {
        cursor.SkipBlanks();
        if (ReadWord() is not { } subject || !scripts.SkipLines() || !Take("in") || !scripts.SkipLines())
            return Fail("an odd case");
        var (patterns, bodies) = (new List<ShellWord>(), new List<ShellNode>());
        while (!Take("esac"))
        {
            // Older shells find the end of a substitution by counting parentheses.
            if (!Take('(') && cursor.IsInSubstitution)
                return Fail("case with bare patterns in a substitution");
            do
            {
                cursor.SkipBlanks();
                if (ReadWord() is not { } pattern)
                    return Fail("an odd pattern of case");
                patterns.Add(pattern);
                cursor.SkipBlanks();
            }
            while (Take('|'));

            if (!Take(')') || scripts.ReadList() is not { } body)
                return Fail("an odd pattern of case");
            bodies.Add(body);
            if (cursor.StartsWith(";;") && cursor.Peek(2) != '&')
                cursor.Position += 2;
            else if (ReservedWords.At(cursor) != "esac")
                return Fail("an odd end in case");
            if (!scripts.SkipLines())
                return null;
        }

        return new ShellCase(subject, patterns, bodies);
    }

    private ShellNode? ReadNamedFunction()
    {
        cursor.SkipBlanks();
        var position = cursor.Position;
        if (scripts.Words.Read()?.Plain is not { } name)
            return Fail("a function with an odd name");
        cursor.SkipBlanks();
        if (Take('('))
        {
            cursor.SkipBlanks();
            if (!Take(')'))
                return Fail("a function with an odd name");
        }

        return ReadFunction(name, position);
    }

    private ShellWord? ReadWord() => scripts.Words.Read() is { Pieces.Count: > 0 } word ? word : null;

    private bool Take(string word)
    {
        if (cursor.Failure is not null || ReservedWords.At(cursor) != word)
            return false;
        cursor.Position += word.Length;
        return true;
    }

    private bool Take(char sign)
    {
        if (cursor.Failure is not null || cursor.Current != sign)
            return false;
        cursor.Position++;
        return true;
    }

    private ShellNode? Fail(string construct)
    {
        cursor.Fail(construct);
        return null;
    }
}
