namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>Reads simple commands, and definitions of functions, which begin like a simple command.</summary>
internal sealed class SimpleCommandReader(ShellCursor cursor, ScriptParser scripts, CompoundReader compound)
{
    public ShellNode? Read()
    {
        var start = cursor.Position;
        var (assignments, arguments, redirections) = (new List<ShellAssignment>(), new List<ShellWord>(), new List<ShellRedirection>());
        var end = start;
        for (; BeginsMore(); cursor.SkipBlanks())
        {
            if (scripts.Redirections.IsHere)
            {
                if (scripts.Redirections.Read() is not { } redirection)
                    return null;
                redirections.Add(redirection);
            }
            else if (scripts.Words.Read() is not { } word)
            {
                return null;
            }
            else if (arguments.Count > 0 || !IsAssignment(word, assignments))
            {
                if (arguments.Count == 0 && word.Plain is { } plain && ReservedWords.Contains(plain) && !IsTime(plain))
                    return Fail("a keyword in an odd place", start);
                arguments.Add(word);
            }
            else if (cursor.Current == '(' && !ReadElements(assignments))
            {
                return null;
            }

            end = cursor.Position;
        }

        if (cursor.Failure is not null)
            return null;
        if (arguments.Count > 0 && assignments.Exists(static assignment => assignment.Elements is not null))
            return Fail("an array in front of a command", start);
        if (cursor.Current == '(')
            return ReadFunction(assignments, arguments, redirections, start);
        if (assignments.Count + arguments.Count + redirections.Count == 0)
            return Fail("a sign in an odd place", start);
        return new ShellCommand(start, cursor.Text[start..end], assignments, arguments) { Redirections = redirections };
    }

    private bool BeginsMore() => cursor.Failure is null && cursor.Current != '#'
        && (!ShellCursor.EndsWord(cursor.Current) || scripts.Redirections.IsHere
            || (cursor.Current is '<' or '>' && cursor.Peek(1) == '('));

    private bool IsTime(string word) => word == "time" && cursor.Dialect == ShellDialect.Posix;

    private ShellNode? ReadFunction(
        List<ShellAssignment> assignments, List<ShellWord> arguments, List<ShellRedirection> redirections, int start)
    {
        if (assignments.Count + redirections.Count > 0 || arguments is not [{ Plain: { } name }])
            return Fail(assignments.Count > 0 ? "an array" : "a parenthesis in an odd place", cursor.Position);
        cursor.Position++;
        cursor.SkipBlanks();
        if (cursor.Current != ')')
            return Fail("a parenthesis in an odd place", cursor.Position);
        cursor.Position++;
        return compound.ReadFunction(name, start);
    }

    /// <summary>Whether a word is an assignment. If so, it is added to the list.</summary>
    private bool IsAssignment(ShellWord word, List<ShellAssignment> assignments)
    {
        if (word.Pieces is not [WordPiece.Literal { IsQuoted: false } head, ..])
            return false;
        var equals = head.Written.IndexOf('=', StringComparison.Ordinal);
        var isAppended = equals > 0 && head.Written[equals - 1] == '+';
        if (equals <= 0 || !ShellCursor.IsIdentifier(head.Written[..(isAppended ? equals - 1 : equals)]))
        {
            if (word.Pieces is [_, WordPiece.Pattern { Written: "[" }, ..] && ShellCursor.IsIdentifier(head.Written))
                cursor.Fail("an element of an array", word.Position);
            return false;
        }

        if (isAppended && cursor.Dialect == ShellDialect.Posix)
            cursor.Fail("+= in sh", word.Position);
        IEnumerable<WordPiece> value = word.Pieces.Skip(1);
        if (equals + 1 < head.Written.Length)
            value = value.Prepend(new WordPiece.Literal(head.Written[(equals + 1)..], IsQuoted: false));
        assignments.Add(new ShellAssignment(
            head.Written[..(isAppended ? equals - 1 : equals)], isAppended, new ShellWord([.. value], word.Position + equals + 1)));
        return true;
    }

    /// <summary>
    /// Reads the elements of an array. An element must not name its subscript, because the shell would evaluate it.
    /// </summary>
    private bool ReadElements(List<ShellAssignment> assignments)
    {
        if (cursor.Dialect == ShellDialect.Posix || assignments[^1].Value.Pieces.Count > 0 || cursor.Documents.Count > 0)
            return cursor.Fail("an array");
        cursor.Position++;
        var elements = new List<ShellWord>();
        while (scripts.SkipLines() && cursor.Current != ')')
        {
            if (ShellCursor.EndsWord(cursor.Current) || cursor.Current == '[')
                return cursor.Fail("an array");
            if (scripts.Words.Read() is not { } element)
                return false;
            elements.Add(element);
        }

        cursor.Position++;
        assignments[^1] = assignments[^1] with { Elements = elements };
        return cursor.Failure is null;
    }

    private ShellNode? Fail(string construct, int position)
    {
        cursor.Fail(construct, position);
        return null;
    }
}
