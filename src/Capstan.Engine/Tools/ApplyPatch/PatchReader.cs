using System.Text;

namespace Capstan.Engine.Tools.ApplyPatch;

/// <summary>
/// Reads the text of a patch. What stands around the patch, such as the here-document of a shell, is skipped. Within the patch
/// every line must mean something: a line that is skipped because its sign is missing would be a change that silently did not happen.
/// </summary>
internal sealed class PatchReader
{
    private const string Begin = "*** Begin Patch";
    private const string End = "*** End Patch";
    private const string AddFile = "*** Add File:";
    private const string DeleteFile = "*** Delete File:";
    private const string UpdateFile = "*** Update File:";
    private const string MoveTo = "*** Move to:";
    private const string EndOfFile = "*** End of File";
    private const string Anchor = "@@";

    // The lines between the first line of the patch and its last, with their numbers in the text.
    private readonly List<(int Number, string Text)> _lines = [];
    private int _at;

    private PatchReader(string text)
    {
        var lines = text.Replace("\r\n", "\n", StringComparison.Ordinal).Split('\n');
        var begin = Array.FindIndex(lines, static line => line.Trim() == Begin);
        // Not trimmed at its beginning: with a blank in front the line would be a line of a file that holds a patch.
        var end = Array.FindLastIndex(lines, static line => line.TrimEnd() == End);
        if (begin < 0 || end < begin)
            throw new ToolException($"This is no patch. A patch begins with the line `{Begin}` and ends with the line `{End}`.");
        for (var i = end - 1; i > begin; i--)
        {
            // Models set chunks and files apart with blank lines, which are then no lines of a file.
            var next = _lines.Count > 0 ? _lines[^1].Text : End;
            if (lines[i].Length > 0 || !(next == End || IsHeader(next) || IsAnchor(next)))
                _lines.Add((i + 1, lines[i]));
        }

        _lines.Reverse();
    }

    private string Line => _lines[_at].Text;

    /// <summary>Reads a patch.</summary>
    /// <exception cref="ToolException">The text is no patch, or a line in it means nothing; the message names the line.</exception>
    public static IReadOnlyList<PatchChange> Read(string text)
    {
        var reader = new PatchReader(text);
        var changes = new List<PatchChange>();
        while (reader._at < reader._lines.Count)
            changes.Add(reader.ReadChange());

        return changes.Count > 0 ? changes : throw new ToolException("The patch is empty: it names no file.");
    }

    private PatchChange ReadChange()
    {
        if (TakeName(AddFile) is { } added)
            return new PatchChange.Add(added, ReadNewText());
        if (TakeName(DeleteFile) is { } deleted)
            return new PatchChange.Delete(deleted);
        if (TakeName(UpdateFile) is not { } updated)
            throw Unexpected($"expected `{AddFile} path`, `{UpdateFile} path` or `{DeleteFile} path`");

        var number = _lines[_at - 1].Number;
        var target = TakeName(MoveTo);
        var chunks = new List<PatchChunk>();
        while (!IsEndOfChange)
            chunks.Add(ReadChunk());
        return chunks.Count > 0 || target is not null
            ? new PatchChange.Update(updated, target, chunks)
            : throw new ToolException($"Line {number} of the patch: there are no changes for {updated} below it.");
    }

    private string ReadNewText()
    {
        var text = new StringBuilder();
        for (; !IsEndOfChange; _at++)
        {
            if (!Line.StartsWith('+'))
                throw Unexpected("every line of a new file begins with `+`");
            text.Append(Line.AsSpan(1)).Append('\n');
        }

        return text.ToString();
    }

    private PatchChunk ReadChunk()
    {
        var number = _lines[_at].Number;
        var anchors = new List<string>();
        for (; !IsEndOfChange && IsAnchor(Line); _at++)
        {
            if (Line[Anchor.Length..].Trim() is { Length: > 0 } anchor)
                anchors.Add(anchor);
        }

        var lines = new List<PatchLine>();
        for (; !IsEndOfChunk; _at++)
        {
            var line = Line;
            // Models leave away the sign of a blank line that stays.
            lines.Add(line.Length == 0 ? new PatchLine(' ', "")
                : line[0] is ' ' or '-' or '+' ? new PatchLine(line[0], line[1..])
                : throw Unexpected("every line of a chunk begins with a blank, `-`, `+` or `@@`"));
        }

        if (lines.Count == 0)
            throw Unexpected("a chunk needs lines that begin with a blank, `-` or `+`");
        var isAtEnd = !IsEndOfChange && Line.TrimEnd() == EndOfFile;
        if (isAtEnd)
            _at++;
        return new PatchChunk(number, anchors, lines, isAtEnd);
    }

    private string? TakeName(string header)
    {
        if (_at == _lines.Count || !Line.StartsWith(header, StringComparison.Ordinal))
            return null;
        var name = Line[header.Length..].Trim();
        if (name.Length == 0)
            throw Unexpected("a path is missing");
        _at++;
        return name;
    }

    private bool IsEndOfChange => _at == _lines.Count || IsHeader(Line);

    private bool IsEndOfChunk => IsEndOfChange || IsAnchor(Line) || Line.TrimEnd() == EndOfFile;

    private static bool IsAnchor(string line) => line.StartsWith(Anchor, StringComparison.Ordinal);

    private static bool IsHeader(string line) =>
        line.StartsWith(AddFile, StringComparison.Ordinal)
        || line.StartsWith(DeleteFile, StringComparison.Ordinal)
        || line.StartsWith(UpdateFile, StringComparison.Ordinal);

    private ToolException Unexpected(string problem)
    {
        if (_at == _lines.Count)
            return new ToolException($"The patch ends too early: {problem}");
        var (number, line) = _lines[_at];
        return new ToolException($"Line {number} of the patch: {problem}; found: {(line.Length > 200 ? line[..200] + "…" : line)}");
    }
}
