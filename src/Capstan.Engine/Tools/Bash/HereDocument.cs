using System.Text;

namespace Capstan.Engine.Tools.Bash;

/// <summary>A here-document that was announced on a line and whose body comes after it.</summary>
/// <param name="Delimiter">The line that ends the body.</param>
/// <param name="IsLiteral">Whether the delimiter was quoted, so that nothing in the body is expanded.</param>
/// <param name="StripsTabs">Whether leading tabs do not count (<c>&lt;&lt;-</c>).</param>
internal sealed record HereDocument(string Delimiter, bool IsLiteral, bool StripsTabs)
{
    /// <summary>Reads <c>&lt;&lt;WORD</c>; nothing where the word is missing or odd.</summary>
    public static HereDocument? Read(string text, int start, out int after)
    {
        var position = start + 2;
        var strips = position < text.Length && text[position] == '-';
        position += strips ? 1 : 0;
        while (position < text.Length && text[position] is ' ' or '\t')
            position++;
        var delimiter = new StringBuilder();
        var literal = false;
        after = position;
        for (; after < text.Length && !char.IsWhiteSpace(text[after]) && !";&|<>()".Contains(text[after], StringComparison.Ordinal); after++)
        {
            var c = text[after];
            if (c is '$' or '`')
                return null;
            if (c is '\'' or '"')
            {
                var close = text.IndexOf(c, after + 1);
                if (close < 0)
                    return null;
                literal = true;
                delimiter.Append(text, after + 1, close - after - 1);
                after = close;
            }
            else if (c == '\\')
            {
                literal = true;
            }
            else
            {
                delimiter.Append(c);
            }
        }

        return delimiter.Length == 0 ? null : new HereDocument(delimiter.ToString(), literal, strips);
    }

    /// <summary>Where the body that starts here ends, or -1; names the commands that run while it is expanded.</summary>
    public int SkipBody(string text, int start, int depth, List<ShellCommand> commands)
    {
        for (var line = start; line < text.Length;)
        {
            var newline = text.IndexOf('\n', line);
            var end = newline < 0 ? text.Length : newline;
            var written = text.AsSpan(line, end - line);
            if ((StripsTabs ? written.TrimStart('\t') : written).SequenceEqual(Delimiter))
            {
                return IsLiteral || ShellExpansion.Scan(text, start, line, depth, commands) ? end : -1;
            }

            line = end + 1;
        }

        return -1;
    }
}
