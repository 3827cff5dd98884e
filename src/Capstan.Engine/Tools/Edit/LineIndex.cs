namespace Capstan.Engine.Tools.Edit;

/// <summary>The lines of a text, without copies of them.</summary>
internal sealed class LineIndex
{
    private readonly List<(int Start, int End)> _lines = [];

    /// <param name="text">The text. A newline at the end of the text begins no further line.</param>
    public LineIndex(string text)
    {
        Text = text;
        for (var start = 0; start < text.Length;)
        {
            var newline = text.IndexOf('\n', start);
            var end = newline < 0 ? text.Length : newline;
            _lines.Add((start, end));
            start = end + 1;
        }
    }

    public string Text { get; }

    public int Count => _lines.Count;

    public ReadOnlySpan<char> this[int line] => Text.AsSpan(_lines[line].Start, _lines[line].End - _lines[line].Start);

    /// <summary>Returns the place of some whole lines in the text.</summary>
    /// <param name="first">The first line.</param>
    /// <param name="count">How many lines.</param>
    /// <param name="withNewline">Whether the last line's newline is included.</param>
    public (int Start, int Length) Span(int first, int count, bool withNewline)
    {
        var start = _lines[first].Start;
        var end = _lines[first + count - 1].End;
        if (withNewline && end < Text.Length)
            end++;
        else if (!withNewline && end > start && Text[end - 1] == '\r')
            end--;
        return (start, end - start);
    }
}
