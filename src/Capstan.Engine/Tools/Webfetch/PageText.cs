using System.Text;

namespace Capstan.Engine.Tools.Webfetch;

/// <summary>
/// The text of a page as it is put together. Blanks, line breaks and opening marks wait until something comes after them, so that
/// neither empty lines nor empty marks are left where an element was empty.
/// </summary>
internal sealed class PageText
{
    // A page may nest quotes a million times, and each line would repeat all of their marks.
    private const int MaxIndents = 8;

    private readonly StringBuilder _text = new();
    private readonly List<string> _indents = [];
    private readonly List<string> _opening = [];
    private int _breaks;

    // How many of the indents the blank lines have that wait: those that were there before the break and after it.
    private int _blankIndents = MaxIndents;
    private bool _isSpaced;
    private bool _isLed;
    private int _verbatim;
    private int _verbatimLines;

    /// <summary>Whether blanks and line breaks are kept.</summary>
    public bool IsVerbatim => _verbatim > 0;

    /// <summary>Adds text.</summary>
    public void Write(string text)
    {
        if (IsVerbatim)
        {
            WriteVerbatim(text);
            return;
        }

        for (var at = 0; at < text.Length;)
        {
            var start = at;
            while (at < text.Length && !char.IsWhiteSpace(text[at]))
                at++;
            if (at > start)
            {
                Flush();
                _text.Append(text, start, at - start);
            }

            for (; at < text.Length && char.IsWhiteSpace(text[at]); at++)
                _isSpaced = true;
        }
    }

    /// <summary>Adds a mark that stands by itself.</summary>
    public void Mark(string mark)
    {
        Flush();
        _text.Append(mark);
    }

    /// <summary>Adds a mark at the beginning of a line; what comes next stays on that line.</summary>
    public void Lead(string mark)
    {
        Mark(mark);
        _isLed = true;
    }

    /// <summary>Adds a mark that is left out if nothing comes before its end.</summary>
    public void Begin(string mark) => _opening.Add(mark);

    /// <summary>Ends the newest mark that was begun.</summary>
    public void End(string mark)
    {
        if (_opening.Count > 0)
            _opening.RemoveAt(_opening.Count - 1);
        else
            _text.Append(mark);
    }

    /// <summary>Begins a new line, or with two breaks a new paragraph.</summary>
    public void Break(int breaks)
    {
        if (_isLed)
            return;
        _breaks = Math.Max(_breaks, breaks);
        _blankIndents = Math.Min(_blankIndents, _indents.Count);
        _isSpaced = false;
    }

    /// <summary>Begins the lines from here on with a text, until the result is called.</summary>
    public Action Indent(string text)
    {
        if (text.Length == 0 || _indents.Count == MaxIndents)
            return static () => { };
        _indents.Add(text);
        return () => _indents.RemoveAt(_indents.Count - 1);
    }

    /// <summary>Keeps blanks and line breaks until the result is called.</summary>
    public Action Verbatim()
    {
        _verbatim++;
        return () =>
        {
            _verbatim--;
            _verbatimLines = 0;
        };
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private void WriteVerbatim(string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            // Line breaks at the end of the element are left out, and so are those at its beginning, where a break waits already.
            if (i > 0 && _breaks == 0)
                _verbatimLines++;
            var line = lines[i].TrimEnd('\r');
            if (line.Length == 0)
                continue;
            Flush();
            for (; _verbatimLines > 0; _verbatimLines--)
                NewLine(isBlank: _verbatimLines > 1);
            _text.Append(line);
        }
    }

    private void Flush()
    {
        if (_text.Length > 0)
        {
            for (; _breaks > 0; _breaks--)
                NewLine(isBlank: _breaks > 1);
            if (_isSpaced && !_isLed && _text[^1] != '\n')
                _text.Append(' ');
        }
        else
        {
            _text.AppendJoin("", _indents);
        }

        (_breaks, _blankIndents, _isSpaced, _isLed) = (0, MaxIndents, false, false);
        foreach (var mark in _opening)
            _text.Append(mark);
        _opening.Clear();
    }

    private void NewLine(bool isBlank)
    {
        _text.Append('\n');
        if (isBlank)
            _text.Append(string.Concat(_indents.Take(_blankIndents)).TrimEnd());
        else
            _text.AppendJoin("", _indents);
    }
}
