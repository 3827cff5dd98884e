namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>Reads redirections.</summary>
internal sealed class RedirectionReader(ShellCursor cursor, WordReader words, HereDocumentReader documents)
{
    /// <summary>
    /// Whether a redirection begins at the cursor: a sign, with or without the number of a descriptor before it.
    /// </summary>
    public bool IsHere
    {
        get
        {
            var digits = Digits();
            var c = cursor.Peek(digits);
            if (c == '{')
                return NamesDescriptor();
            return (c is '<' or '>' && (digits > 0 || cursor.Peek(1) != '('))
                || (digits == 0 && c == '&' && cursor.Peek(1) == '>');
        }
    }

    /// <summary>Reads all redirections that follow one another at the cursor.</summary>
    public bool ReadAll(out IReadOnlyList<ShellRedirection> redirections)
    {
        var found = new List<ShellRedirection>();
        redirections = found;
        for (cursor.SkipBlanks(); IsHere; cursor.SkipBlanks())
        {
            if (Read() is not { } redirection)
                return false;
            found.Add(redirection);
        }

        return cursor.Failure is null;
    }

    /// <summary>Reads the redirection at the cursor.</summary>
    public ShellRedirection? Read()
    {
        var start = cursor.Position;
        var digits = Digits();
        cursor.Position += digits;
        if (digits > (cursor.Dialect == ShellDialect.Posix ? 1 : 2))
            return Fail("a descriptor with a long number", start);
        if (cursor.Current == '{')
            return Fail("a descriptor named by a variable", start);
        var isBoth = cursor.Current == '&';
        cursor.Position += isBoth ? 1 : 0;
        if (cursor.Dialect == ShellDialect.Posix && (isBoth || cursor.StartsWith("<<<")))
            return Fail("a redirection in sh that only bash has", start);
        var sign = Sign();
        if (cursor.Current == '(')
            return Fail("a process substitution inside a word", start);
        if (sign == "<<")
            return documents.Announce();
        cursor.SkipBlanks();
        if (words.Read() is not { } target)
            return null;
        if (target.Pieces.Count == 0)
            return Fail("a redirection without a file", start);
        return sign is "<&" or ">&" ? Duplicate(sign, target, digits > 0, start) : new ShellRedirection(Kind(sign), target);
    }

    private string Sign()
    {
        foreach (var sign in (ReadOnlySpan<string>)["<<<", "<<", "<&", "<>", ">>", ">|", ">&", "<", ">"])
        {
            if (cursor.StartsWith(sign))
            {
                cursor.Position += sign.Length;
                return sign;
            }
        }

        return "";
    }

    private static RedirectionKind Kind(string sign) => sign switch
    {
        "<" => RedirectionKind.Read,
        "<<<" => RedirectionKind.Text,
        "<>" => RedirectionKind.ReadWrite,
        _ => RedirectionKind.Write,
    };

    private ShellRedirection? Duplicate(string sign, ShellWord target, bool hasNumber, int start)
    {
        var text = target.Plain ?? "";
        var number = text.EndsWith('-') ? text[..^1] : text;
        if (text.Length > 0 && number.Length <= 2 && number.All(char.IsAsciiDigit))
            return new ShellRedirection(RedirectionKind.Duplicate, target);
        // In bash, >& without a number and with a word redirects output and errors to the file that the word names.
        return sign == ">&" && !hasNumber && cursor.Dialect == ShellDialect.Bash && target.Known is not null
            ? new ShellRedirection(RedirectionKind.Write, target)
            : Fail("a descriptor that is not written as a number", start);
    }

    private int Digits()
    {
        var count = 0;
        while (char.IsAsciiDigit(cursor.Peek(count)))
            count++;
        return count;
    }

    private bool NamesDescriptor()
    {
        var ahead = 1;
        while (ShellCursor.IsName(cursor.Peek(ahead)))
            ahead++;
        return ahead > 1 && cursor.Peek(ahead) == '}' && cursor.Peek(ahead + 1) is '<' or '>';
    }

    private ShellRedirection? Fail(string construct, int position)
    {
        cursor.Fail(construct, position);
        return null;
    }
}
