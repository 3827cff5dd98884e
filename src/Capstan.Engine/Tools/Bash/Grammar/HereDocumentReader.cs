namespace Capstan.Engine.Tools.Bash.Grammar;

/// <summary>
/// Reads here-documents: the delimiter where it stands, and the text once the line with the delimiter has ended.
/// </summary>
internal sealed class HereDocumentReader(ShellCursor cursor)
{
    /// <summary>Reads the delimiter after <c>&lt;&lt;</c>: a plain word, either unquoted or quoted as a whole.</summary>
    public ShellRedirection? Announce()
    {
        var start = cursor.Position;
        var strips = cursor.Current == '-';
        cursor.Position += strips ? 1 : 0;
        cursor.SkipBlanks();
        var quote = cursor.Current is '\'' or '"' or '\\' ? cursor.Current : '\0';
        cursor.Position += quote == '\0' ? 0 : 1;
        var from = cursor.Position;
        while (ShellCursor.IsName(cursor.Current) || (cursor.Position > from && cursor.Current is '-' or '.' or '+'))
            cursor.Position++;
        var delimiter = cursor.Text[from..cursor.Position];
        if (quote is '\'' or '"' && cursor.Current == quote)
            cursor.Position++;
        else if (quote is '\'' or '"')
            delimiter = "";
        if (delimiter.Length == 0 || !ShellCursor.EndsWord(cursor.Current))
        {
            cursor.Fail("a here-document with an odd delimiter", start);
            return null;
        }

        var pieces = new List<WordPiece>();
        cursor.Documents.Add(new PendingDocument(delimiter, quote != '\0', strips, pieces));
        return new ShellRedirection(RedirectionKind.Text, new ShellWord(pieces, start));
    }

    /// <summary>Reads the texts that begin at the cursor, which is at the start of a line.</summary>
    public bool ReadTexts()
    {
        foreach (var document in cursor.Documents)
        {
            if (!ReadText(document))
                return false;
        }

        cursor.Documents.Clear();
        return true;
    }

    private bool ReadText(PendingDocument document)
    {
        var start = cursor.Position;
        for (var line = start; line <= cursor.Text.Length;)
        {
            var newline = cursor.Text.IndexOf('\n', line);
            var end = newline < 0 ? cursor.Text.Length : newline;
            var written = cursor.Text.AsSpan(line, end - line);
            if ((document.StripsTabs ? written.TrimStart('\t') : written).SequenceEqual(document.Delimiter))
            {
                cursor.Position = Math.Min(end + 1, cursor.Text.Length);
                return document.IsLiteral || Expand(document, start, line);
            }

            // A continued line would hide where the next line begins.
            if (!document.IsLiteral && written.Length - written.TrimEnd('\\').Length is var count && count % 2 == 1)
                return cursor.Fail("a continued line in a here-document", end - 1);
            line = end + 1;
        }

        return cursor.Fail($"a here-document that is not ended by a line {document.Delimiter}", start);
    }

    private bool Expand(PendingDocument document, int start, int end)
    {
        var inner = new ShellCursor(cursor.Text[start..end], cursor.Dialect, cursor.Depth + 1);
        var words = new ScriptParser(inner).Words;
        while (!inner.AtEnd)
        {
            var from = inner.Position;
            if (inner.Current == '\\')
            {
                inner.Position = Math.Min(from + 2, inner.Text.Length);
            }
            else if (inner.Current is not ('$' or '`'))
            {
                inner.Position++;
            }
            else if (words.ReadExpansion(quoted: true) is not { } piece)
            {
                return cursor.Fail(inner.Failure!, start);
            }
            else if (inner.Text.IndexOf('\n', from, inner.Position - from) >= 0)
            {
                // Shells differ in whether a line inside the substitution can be the delimiter.
                return cursor.Fail("a substitution of several lines in a here-document", start + from);
            }
            else
            {
                document.Pieces.Add(piece);
            }
        }

        return true;
    }
}
