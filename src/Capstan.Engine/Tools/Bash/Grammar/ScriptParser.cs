namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>
/// Reads scripts by the grammar below. A script that is outside the
/// grammar fails with the construct's name, and nothing is guessed:
/// <code>
///   list      chain (';' | '&amp;' | newline) …
///   chain     pipeline ('&amp;&amp;' | '||') pipeline …
///   pipeline  ['!'] ['time' ['-p']] command ('|' | '|&amp;') command …
///   command   simple | '(' list ')' | '{' list '}' | if | while | until | for | case | function | '[[' … ']]' | '((' … '))'
///   simple    assignment … word … with redirections among them
/// </code>
/// The parser makes one pass over the text, with bounded depth and without backtracking.
/// </summary>
internal sealed class ScriptParser
{
    private readonly ShellCursor _cursor;
    private readonly HereDocumentReader _documents;
    private readonly SimpleCommandReader _simple;
    private readonly CompoundReader _compound;

    public ScriptParser(ShellCursor cursor)
    {
        _cursor = cursor;
        Words = new WordReader(cursor, new ExpansionReader(cursor, this));
        _documents = new HereDocumentReader(cursor);
        Redirections = new RedirectionReader(cursor, Words, _documents);
        _compound = new CompoundReader(cursor, this);
        _simple = new SimpleCommandReader(cursor, this, _compound);
    }

    public WordReader Words { get; }

    public RedirectionReader Redirections { get; }

    /// <summary>Reads the whole text.</summary>
    public ShellNode? ReadAll()
    {
        var node = ReadTo('\0', "a sign in an odd place");
        if (node is not null && _cursor.Documents.Count > 0)
            _cursor.Fail("a here-document without text");
        return _cursor.Failure is null ? node : null;
    }

    /// <summary>Reads a script and the sign that closes it.</summary>
    public ShellNode? ReadTo(char close, string otherwise)
    {
        if (!_cursor.Enter() || ReadList() is not { } list)
            return null;
        if (_cursor.Current != close)
        {
            _cursor.Fail(_cursor.AtEnd ? otherwise : "a sign in an odd place");
            return null;
        }

        _cursor.Position += close == '\0' ? 0 : 1;
        _cursor.Leave();
        return list;
    }

    /// <summary>Reads a list that must have a command, as the parts of a compound command must.</summary>
    public ShellNode? ReadBody()
    {
        if (ReadList() is not { } list)
            return null;
        if (list.Items.Count == 0)
            _cursor.Fail("a list without a command");
        return _cursor.Failure is null ? list : null;
    }

    /// <summary>Reads commands up to a sign or word that ends a list.</summary>
    public ShellSequence? ReadList()
    {
        var items = new List<ShellNode>();
        while (SkipLines() && !EndsList())
        {
            if (ReadChain() is not { } item)
                return null;
            _cursor.SkipBlanks();
            SkipComment();
            if (_cursor.Current == '&' && _cursor.Peek(1) != '&')
            {
                item = new ShellScope([item]);
                _cursor.Position++;
            }
            else if (_cursor.Current == ';' && _cursor.Peek(1) != ';')
            {
                _cursor.Position++;
            }
            else if (_cursor.Current != '\n' && !EndsList())
            {
                _cursor.Fail("a sign in an odd place");
            }

            items.Add(item);
        }

        return _cursor.Failure is null ? new ShellSequence(items) : null;
    }

    /// <summary>
    /// Skips blanks, comments and line breaks, and reads the texts of here-documents that begin after a line break.
    /// </summary>
    public bool SkipLines()
    {
        while (_cursor.Failure is null)
        {
            _cursor.SkipBlanks();
            SkipComment();
            if (_cursor.Current != '\n')
                return true;
            if (_cursor.HoldsLine)
                return _cursor.Fail("a line break between a here-document's announcement and its text");
            _cursor.Position++;
            if (!_documents.ReadTexts())
                return false;
        }

        return false;
    }

    private bool EndsList() => _cursor.AtEnd || _cursor.Current == ')' || _cursor.StartsWith(";;") || ReservedWords.ClosesAt(_cursor);

    private void SkipComment()
    {
        if (_cursor.Current != '#')
            return;
        var end = _cursor.Text.IndexOf('\n', _cursor.Position);
        _cursor.Position = end < 0 ? _cursor.Text.Length : end;
    }

    private ShellNode? ReadChain()
    {
        if (ReadPipeline() is not { } first)
            return null;
        var rest = new List<ShellLink>();
        for (_cursor.SkipBlanks(); _cursor.StartsWith("&&") || _cursor.StartsWith("||"); _cursor.SkipBlanks())
        {
            var afterSuccess = _cursor.Current == '&';
            _cursor.Position += 2;
            if (!SkipLines() || ReadPipeline() is not { } next)
                return null;
            rest.Add(new ShellLink(afterSuccess, next));
        }

        return rest.Count == 0 ? first : new ShellChain(first, rest);
    }

    private ShellNode? ReadPipeline()
    {
        if (!SkipPrefixes(out var negated) || ReadCommand() is not { } first)
            return null;
        var members = new List<ShellNode> { first };
        for (_cursor.SkipBlanks(); _cursor.Current == '|' && _cursor.Peek(1) != '|'; _cursor.SkipBlanks())
        {
            _cursor.Position++;
            if (_cursor.Current == '&')
            {
                if (_cursor.Dialect == ShellDialect.Posix)
                    _cursor.Fail("|& in sh");
                _cursor.Position++;
            }

            if (!SkipLines() || ReadCommand() is not { } next)
                return null;
            members.Add(next);
        }

        var pipeline = members.Count == 1 ? first : new ShellScope(members);
        return negated ? new ShellNegation(pipeline) : pipeline;
    }

    private bool SkipPrefixes(out bool negated)
    {
        negated = false;
        while (true)
        {
            var word = ReservedWords.At(_cursor);
            if (word == "!")
            {
                negated = !negated;
                _cursor.Position++;
            }
            else if (word == "time" && _cursor.Dialect == ShellDialect.Bash)
            {
                _cursor.Position += 4;
                _cursor.SkipBlanks();
                if (_cursor.StartsWith("-p") && ShellCursor.EndsWord(_cursor.Peek(2)))
                {
                    _cursor.Position += 2;
                    _cursor.SkipBlanks();
                }

                if (_cursor.Current == '-')
                    return _cursor.Fail("an option of time");
            }
            else
            {
                return true;
            }

            _cursor.SkipBlanks();
        }
    }

    private ShellNode? ReadCommand()
    {
        // In sh, time is a program and not a reserved word.
        var word = ReservedWords.At(_cursor);
        if (_cursor.Current != '(' && (word is null || (word == "time" && _cursor.Dialect == ShellDialect.Posix)))
            return _simple.Read();
        if (!_cursor.Enter() || _compound.Read(word) is not { } node || !Redirections.ReadAll(out var redirections))
            return null;
        _cursor.Leave();
        return node with { Redirections = redirections };
    }
}
