using System.Buffers;
using System.Text;

namespace Capstan.Engine.Tools.Bash;

/// <summary>
/// Finds the simple commands of a POSIX or bash command line. It is not a shell: where it is unsure it names more than would run
/// (the parts of <c>[[ a &amp;&amp; b ]]</c>, the patterns of <c>case</c>), because what it names is asked for, and what it misses
/// would run unasked. It never throws, and does not understand a line whose quotes or parentheses do not close.
/// </summary>
internal sealed class ShellScriptReader(string text, int start, int depth)
{
    private const int MaxDepth = 32;

    // Words after which, or instead of which, a command stands. The loops' heads name no command themselves.
    private static readonly HashSet<string> Leading = new(StringComparer.Ordinal)
    {
        "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "esac", "{", "}", "!",
        "time", "coproc",
    };

    private static readonly HashSet<string> Heads = new(StringComparer.Ordinal) { "for", "select", "case" };

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    private readonly List<HereDocument> _documents = [];
    private readonly List<ShellWord> _words = [];
    private readonly StringBuilder _word = new();
    private int _position = start;
    private int _commandStart = start;
    private bool _inWord;
    private bool _wordExpands;
    private bool _wordQuoted;
    private bool _redirectTarget;
    private bool _assigned;
    private bool _redirected;
    private bool _isHead;
    private int _cases;
    private int _groups;

    public List<ShellCommand> Commands { get; } = [];

    /// <summary>Reads the whole text; <see langword="false"/> where it could not be understood.</summary>
    public bool ReadToEnd()
    {
        if (!Read())
        {
            return false;
        }

        // A parenthesis that closes nothing ends the read early; the shell would refuse the line, but not what came before it.
        return _position >= text.Length && _groups == 0;
    }

    private bool Read()
    {
        if (depth > MaxDepth)
            return false;
        while (_position < text.Length)
        {
            var c = text[_position];
            switch (c)
            {
                case ' ' or '\t' or '\r':
                    EndWord();
                    _position++;
                    break;
                case '#' when !_inWord:
                    EndCommand(_position);
                    _position = text.IndexOf('\n', _position) is var end && end < 0 ? text.Length : end;
                    _commandStart = _position;
                    break;
                case '\n':
                    Separate(1);
                    if (!SkipDocuments())
                        return false;
                    _commandStart = _position;
                    break;
                case '&' when Next() == '>':
                    Redirect(Peek(2) == '>' ? 3 : 2);
                    break;
                case ';' or '&' or '|':
                    Separate(1);
                    break;
                case '(':
                    Separate(1);
                    _groups++;
                    break;
                case ')':
                    if (_groups > 0)
                        _groups--;
                    else if (_cases == 0)
                        return _documents.Count == 0 ? EndCommand(_position) : Give();
                    Separate(1);
                    break;
                case '<' or '>':
                    if (!ReadRedirection())
                        return false;
                    break;
                default:
                    if (!ReadWordPiece(c))
                        return false;
                    break;
            }
        }

        EndCommand(text.Length);
        return _documents.Count == 0;
    }

    private bool ReadWordPiece(char c)
    {
        if (c == '\\' && Next() == '\n')
        {
            // A continued line: no character at all.
            _position += 2;
            return true;
        }

        _inWord = true;
        switch (c)
        {
            case '\'':
                _wordQuoted = true;
                var close = text.IndexOf('\'', _position + 1);
                if (close < 0)
                    return Give();
                _word.Append(text, _position + 1, close - _position - 1);
                _position = close + 1;
                return true;
            case '"':
                return ReadDoubleQuotes();
            case '\\':
                if (_position + 1 < text.Length)
                    _word.Append(text[_position + 1]);
                _wordQuoted = true;
                _position = Math.Min(_position + 2, text.Length);
                return true;
            case '$' or '`':
                return ReadExpansion(quoted: false);
            default:
                _word.Append(c);
                _position++;
                return true;
        }
    }

    private bool ReadDoubleQuotes()
    {
        _wordQuoted = true;
        _position++;
        while (_position < text.Length)
        {
            var c = text[_position];
            if (c == '"')
            {
                _position++;
                return true;
            }

            if (c is '$' or '`')
            {
                if (!ReadExpansion(quoted: true))
                    return false;
                continue;
            }

            if (c == '\\' && _position + 1 < text.Length)
                c = text[++_position];
            _word.Append(c);
            _position++;
        }

        return Give();
    }

    /// <summary>Reads <c>$…</c> or backticks, and whatever runs inside.</summary>
    private bool ReadExpansion(bool quoted)
    {
        var from = _position;
        if (!quoted && text[_position] == '$' && Next() is '\'' or '"')
        {
            // $'…' and $"…": the first has escapes of its own.
            _position++;
            return text[_position] == '"' ? ReadDoubleQuotes() : ReadEscapedQuotes();
        }

        _wordExpands = true;
        var end = ShellExpansion.End(text, _position, depth, Commands);
        // Shells differ on whether a here-document's body begins at a newline inside a substitution.
        if (end < 0 || (_documents.Count > 0 && text.IndexOf('\n', from, end - from) >= 0))
            return Give();
        _position = end;
        _word.Append(text, from, end - from);
        return true;
    }

    private bool ReadEscapedQuotes()
    {
        _wordQuoted = true;
        _wordExpands = true;
        for (_position++; _position < text.Length; _position++)
        {
            if (text[_position] == '\'')
            {
                _position++;
                return true;
            }

            if (text[_position] == '\\')
                _position++;
        }

        return Give();
    }

    private bool ReadRedirection()
    {
        if (Next() == '(')
        {
            // <(…) and >(…) run what they hold.
            _inWord = true;
            _wordExpands = true;
            var from = _position;
            var end = ShellExpansion.EndOfSubstitution(text, _position + 2, depth, Commands);
            if (end < 0)
                return Give();
            _word.Append(text, from, end - from);
            _position = end;
            return true;
        }

        // A number directly before the sign is a file descriptor and no argument.
        if (_inWord && !_wordQuoted && IsNumber(_word))
        {
            _word.Clear();
            _inWord = false;
        }

        if (text.AsSpan(_position).StartsWith("<<") && Peek(2) != '<')
        {
            var document = HereDocument.Read(text, _position, out var after);
            if (document is null)
                return Give();
            EndWord();
            _documents.Add(document);
            _redirected = true;
            _position = after;
            return true;
        }

        var sign = text.AsSpan(_position);
        Redirect(sign.StartsWith("<<<") ? 3
            : sign.StartsWith(">>") || sign.StartsWith(">&") || sign.StartsWith(">|")
                || sign.StartsWith("<&") || sign.StartsWith("<>") ? 2
            : 1);
        return true;
    }

    private void Redirect(int length)
    {
        EndWord();
        _redirectTarget = true;
        _redirected = true;
        _position += length;
    }

    private bool SkipDocuments()
    {
        foreach (var document in _documents)
        {
            var end = document.SkipBody(text, _position, depth, Commands);
            if (end < 0)
                return Give();
            _position = end;
        }

        _documents.Clear();
        return true;
    }

    private void Separate(int length)
    {
        EndCommand(_position);
        _position += length;
        _commandStart = _position;
    }

    private void EndWord()
    {
        if (!_inWord)
            return;
        var value = _word.ToString();
        var plain = !_wordQuoted && !_wordExpands;
        if (_redirectTarget)
            _redirectTarget = false;
        else if (_words.Count == 0 && plain && !_redirected && !_assigned && Leading.Contains(value))
        {
            _cases -= value == "esac" && _cases > 0 ? 1 : 0;
            _commandStart = _position;
        }
        else if (_words is [{ Value: "function" }, _] && plain && value == "{")
        {
            _words.Clear();
            _commandStart = _position;
        }
        else if (_words.Count == 0 && IsAssignment(value))
            _assigned = true;
        else
        {
            // Only an unquoted word at the very start is the shell's own; anywhere else it is a command of that name.
            if (_words.Count == 0 && plain && !_redirected && !_assigned && Heads.Contains(value))
            {
                _isHead = true;
                _cases += value == "case" ? 1 : 0;
            }

            _words.Add(new ShellWord(value, _wordExpands, _wordQuoted));
        }

        _word.Clear();
        _inWord = _wordExpands = _wordQuoted = false;
    }

    private bool EndCommand(int end)
    {
        EndWord();
        var written = text[_commandStart..Math.Max(_commandStart, end)].Trim();
        if (written.Length > 0 && !_isHead && (_words.Count > 0 || _redirected || !_assigned))
        {
            Commands.Add(new ShellCommand(written, [.. _words]));
        }

        _words.Clear();
        _assigned = _redirected = _redirectTarget = _isHead = false;
        return true;
    }

    // What was begun is named as far as it goes: a shell runs the lines before the one that it cannot read.
    private bool Give()
    {
        _position = text.Length;
        EndCommand(text.Length);
        return false;
    }

    private char Next() => Peek(1);

    private char Peek(int ahead) => _position + ahead < text.Length ? text[_position + ahead] : '\0';

    private static bool IsNumber(StringBuilder word)
    {
        for (var i = 0; i < word.Length; i++)
        {
            if (!char.IsAsciiDigit(word[i]))
                return false;
        }

        return word.Length > 0;
    }

    private static bool IsAssignment(string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || !(char.IsAsciiLetter(word[0]) || word[0] == '_'))
            return false;
        var name = word.AsSpan(0, word[equals - 1] == '+' ? equals - 1 : equals);
        return !name.ContainsAnyExcept(NameCharacters);
    }

    /// <summary>Reads the commands of a substitution that ends with a parenthesis; where it ends, or -1.</summary>
    internal static int ReadSubstitution(string text, int start, int depth, List<ShellCommand> commands)
    {
        var reader = new ShellScriptReader(text, start, depth + 1);
        var understood = reader.Read();
        commands.AddRange(reader.Commands);
        return understood && reader._position < text.Length ? reader._position + 1 : -1;
    }
}
