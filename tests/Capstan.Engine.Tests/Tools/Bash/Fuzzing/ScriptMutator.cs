namespace Capstan.Engine.Tests.Tools.Bash.Fuzzing;

/// <summary>Changes a command line without looking at what it means.</summary>
internal sealed class ScriptMutator(Random random)
{
    private static readonly string[] Pieces =
    [
        "'", "\"", "`", "\\", "\n", "\r", "\t", "$", "(", ")", "{", "}", "[", "]", ";", "&", "|", "<", ">", "#", "!", "=", " ", "$(", "${",
        "$((", "))", "<<E", "\nE\n", "<<-E", ";;", "rm v", "; rm v", "\\\n", "$'", "$\"", "\u00a0", "\v", "*", "?", "{a,", ",", "done", "fi",
        "esac", "in", "do", "then", "}", " }", "<(", ">(", "((", "[[", "]]", "E", "time ", "! ", "coproc ", "function ", "()", "x=", "$x",
    ];

    public string Mutate(string line, string other)
    {
        for (var times = random.Next(3) + 1; times > 0; times--)
        {
            var at = random.Next(line.Length + 1);
            var length = Math.Min(random.Next(6) + 1, line.Length - at);
            line = random.Next(8) switch
            {
                0 => line.Remove(at, length),
                1 => line.Insert(random.Next(line.Length + 1), line.Substring(at, length)),
                2 => line[..at] + other[random.Next(other.Length)..],
                3 => ToggleQuote(line),
                4 => line[..at] + "\\" + line[at..],
                _ => line.Insert(at, Pieces[random.Next(Pieces.Length)]),
            };
            // A line without a character would leave the next round nothing to change.
            if (line.Length == 0)
                line = other;
        }

        return line;
    }

    private string ToggleQuote(string line)
    {
        var at = line.IndexOfAny(['\'', '"', '`'], random.Next(line.Length));
        return at < 0 ? line + Pieces[random.Next(3)] : line[..at] + Pieces[random.Next(3)] + line[(at + 1)..];
    }
}
