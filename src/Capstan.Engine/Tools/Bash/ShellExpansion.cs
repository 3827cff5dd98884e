using System.Text;

namespace Capstan.Engine.Tools.Bash;

/// <summary>Finds where an expansion ends, and the commands that run inside it.</summary>
internal static class ShellExpansion
{
    /// <summary>Where the expansion at a <c>$</c> or backtick ends, or -1 where it does not.</summary>
    public static int End(string text, int start, int depth, List<ShellCommand> commands)
    {
        if (text[start] == '`')
            return EndOfBackticks(text, start + 1, depth, commands);
        var next = start + 1 < text.Length ? text[start + 1] : '\0';
        return next switch
        {
            // Arithmetic reads as a substitution of a group: what it names too much does no harm.
            '(' => EndOfSubstitution(text, start + 2, depth, commands),
            '{' => EndOfBraces(text, start + 2, depth, commands),
            _ => start + 1,
        };
    }

    public static int EndOfSubstitution(string text, int start, int depth, List<ShellCommand> commands) =>
        ShellScriptReader.ReadSubstitution(text, start, depth, commands);

    /// <summary>Reads text in which only expansions count, such as a here-document's.</summary>
    public static bool Scan(string text, int start, int end, int depth, List<ShellCommand> commands)
    {
        var body = text[start..end];
        for (var i = 0; i < body.Length;)
        {
            if (body[i] == '\\')
            {
                i += 2;
            }
            else if (body[i] is '$' or '`')
            {
                i = End(body, i, depth, commands);
                if (i < 0)
                    return false;
            }
            else
            {
                i++;
            }
        }

        return true;
    }

    private static int EndOfBackticks(string text, int start, int depth, List<ShellCommand> commands)
    {
        var inner = new StringBuilder();
        for (var i = start; i < text.Length; i++)
        {
            if (text[i] == '`')
            {
                // Its text is read anew after one level of backslashes is taken off, as the shell does.
                var reader = new ShellScriptReader(inner.ToString(), 0, depth + 1);
                var understood = reader.ReadToEnd();
                commands.AddRange(reader.Commands);
                return understood ? i + 1 : -1;
            }

            if (text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '`' or '\\' or '$')
                i++;
            if (i < text.Length)
                inner.Append(text[i]);
        }

        return -1;
    }

    private static int EndOfBraces(string text, int start, int depth, List<ShellCommand> commands)
    {
        // Iterative, so that a line of ten thousand braces is no stack overflow; only what runs a command recurses, and that is
        // counted.
        var open = 1;
        var inDouble = false;
        for (var i = start; i < text.Length;)
        {
            var c = text[i];
            if (c == '\\')
            {
                i += 2;
            }
            else if (c == '\'' && !inDouble)
            {
                var close = text.IndexOf('\'', i + 1);
                if (close < 0)
                    return -1;
                i = close + 1;
            }
            else if (c == '"')
            {
                inDouble = !inDouble;
                i++;
            }
            else if (c == '`' || (c == '$' && i + 1 < text.Length && text[i + 1] == '('))
            {
                i = End(text, i, depth, commands);
                if (i < 0)
                    return -1;
            }
            else if (c == '$' && i + 1 < text.Length && text[i + 1] == '{')
            {
                open++;
                i += 2;
            }
            else if (c == '}')
            {
                i++;
                if (--open == 0)
                    return i;
            }
            else
            {
                i++;
            }
        }

        return -1;
    }
}
