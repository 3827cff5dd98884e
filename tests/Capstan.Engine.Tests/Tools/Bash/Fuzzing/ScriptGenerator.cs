namespace Capstan.Engine.Tests.Tools.Bash.Fuzzing;

/// <summary>
/// Writes random bash around the program <c>rm</c>. Most lines are plain, so that a small grammar reads them; in others every choice may
/// be an odd one; and a third is mutated, so that not even their writer knows what they mean. The same seed is the same line.
/// </summary>
internal sealed class ScriptGenerator
{
    private const int DeepestNesting = 4;

    private readonly Random _random;
    private readonly OddScripts _odd;
    private readonly List<string> _bodies = [];
    private readonly int _oddity;
    private int _depth;

    private ScriptGenerator(int seed)
    {
        _random = new Random(seed);
        _odd = new OddScripts(_random, Simple, Word, List);
        _oddity = _random.Next(10) switch { < 6 => 0, < 9 => 6, _ => 40 };
    }

    /// <summary>One command line.</summary>
    public static string Line(int seed)
    {
        var generator = new ScriptGenerator(seed);
        var line = generator.List() + generator.Bodies();
        if (generator.Chance(35))
        {
            var other = new ScriptGenerator(unchecked((seed * 7919) + 1));
            line = new ScriptMutator(generator._random).Mutate(line, other.List() + other.Bodies());
        }

        return line;
    }

    private string List()
    {
        var line = Pipeline();
        for (var more = _random.Next(4) - 1; more > 0; more--)
            line += Separator() + Pipeline();
        return line;
    }

    // The bodies of here-documents follow the next line feed, in the order of their operators.
    private string Separator()
    {
        if (Chance(25))
            return Bodies() is { Length: > 0 } bodies ? bodies : "\n";
        return Pick("; ", ";", " && ", "&&", " || ", " & ", " |& ", " # note\n", " ;\\\n", " &&\n");
    }

    private string Bodies()
    {
        var bodies = string.Concat(_bodies);
        _bodies.Clear();
        return bodies.Length == 0 ? "" : bodies + "\n";
    }

    private string Pipeline() =>
        (Chance(3) ? "! " : "") + Command() + (Chance(12) ? Pick(" | ", "|", " |\n") + Command() : "");

    private string Command()
    {
        if (_depth >= DeepestNesting)
            return Simple();
        if (IsOdd())
            return _odd.Command();
        _depth++;
        var text = _random.Next(24) switch
        {
            0 => $"({List()})",
            1 => $"{{ {List()}; }}",
            2 => $"if {List()}; then {List()}; fi",
            3 => $"if {Simple()}; then {Simple()}; else {List()}; fi",
            4 => $"for x in {Words()}; do {List()}; done",
            5 => $"{Pick("while", "until")} {Simple()}; do {Simple()}; break; done",
            6 => $"[[ {Condition()} ]]",
            7 => Pick("echo ", "x=", "git status ") + $"$(({Sum()}))",
            8 => Wrapped(),
            _ => Simple(),
        };
        _depth--;
        return text + (Chance(4) ? Redirection() : "");
    }

    private string Simple()
    {
        var text = Chance(5) ? Redirection().TrimStart() + " " : "";
        text += Chance(5) ? $"{Pick("X", "A", "Y")}={(Chance(50) ? Word() : "")} " : "";
        text += Program() + (Chance(75) ? Blank() + Words() : "");
        if (Chance(12))
            text += Redirection();
        return Chance(3) ? text + " # " + Pick("it's", "\"", "$(", "<<E", "rm v", "`", "\\") + "\n" : text;
    }

    private string Program()
    {
        if (IsOdd())
            return _odd.Program();
        return _random.Next(20) switch
        {
            < 2 => "rm",
            2 => Pick("r\\m", "\"rm\"", "'rm'", "r\"m\"", "r\\\nm", "r''m", "\\rm", "./rm"),
            3 => Pick("\"git\"", "g\\it", "'echo'", "\"cat\"", "ec\"ho\"", "git\\\n", "true", ":", "[", "set -- a;", "x=1;", "x=rm;"),
            4 => Pick("cd", "cd src &&", "cd out &&", "cd secret &&", "(cd src) ;", "test -f"),
            _ => Pick("git status", "git log", "echo", "echo a", "cat", "ls", "git", "cat src/a"),
        };
    }

    private string Words()
    {
        var text = Word();
        for (var more = _random.Next(3); more > 0; more--)
            text += Blank() + Word();
        return text;
    }

    private string Word()
    {
        if (_depth >= DeepestNesting || Chance(45))
            return Pick("v", "a", "b", "src/a", "status", "x", "1", "-n", "--", "rm", "E", "in", "do", "done", "if", "then", "{", "}", "!");
        if (IsOdd())
            return _odd.Word();
        _depth++;
        var text = _random.Next(14) switch
        {
            0 => $"\"{Quoted()}\"",
            1 => $"'{Text()}'",
            2 => $"$({List()})",
            3 => $"\"$({List()})\"",
            4 => $"`{Simple().Replace("`", "", StringComparison.Ordinal)}`",
            5 => Pick("$x", "\"$x\"", "${x}", "$?", "\"${x}\"", "$x$x", "a$x", "'$x'"),
            6 => Pick("\\;", "\\ ", "\\#", "a#b", "\\'", "\\\"", "\\$x", "\\`", "a\\\nb", "\\\\", "a=b", "-x=y"),
            7 => Word() + Word(),
            8 => $"\"{Quoted()}{Quoted()}\"",
            9 => $"'{Text()}'\"{Quoted()}\"",
            10 => Pick("'rm v'", "\"rm v\"", "'; rm v'", "'$(rm v)'", "\"\\$(rm v)\"", "rm\\ v", "'`rm v`'", "\"; rm v\"", "\"'\"", "'\"'"),
            _ => Pick("v", "a", "'a b'", "\"a b\"", "src/a", "--short"),
        };
        _depth--;
        return text;
    }

    private string Quoted() => _random.Next(8) switch
    {
        0 => $"$({List()})",
        1 => $"`{Simple().Replace("`", "", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal)}`",
        2 => Pick("$x", "${x}", "$?"),
        3 => Pick("\\\"", "\\$(rm v)", "\\\\", "\\`", "\\\n", "\\a"),
        _ => Text(),
    };

    private string Text() => Pick("a", "rm v", "; rm v", "#", ")", "(", "}", "{", "a b", "\n", "E", "<<E", "&& rm v", "|", "", "x y z");

    private string Redirection()
    {
        if (Chance(35))
            return HereDocument();
        if (IsOdd())
            return _odd.Redirection();
        return Pick(" >out/f", " > out/f", " >>out/f", " 2>/dev/null", " >/dev/null", " 2>&1", " >&2", " </dev/null", " <src/a", " &>out/f",
            " >secret/f", " >f", " >|out/f", " <>out/f", " <<<x", " <<<\"$(rm v)\"", " >../out/f", " >../secret/f", " >&f", " > \"out/f\"");
    }

    private string HereDocument()
    {
        var end = Pick("E", "E", "EOF", "E1");
        var written = IsOdd() ? _odd.Delimiter(end) : Pick(end, end, $"'{end}'", $"\"{end}\"");
        var tab = Chance(15) ? "\t" : "";
        var body = Pick("text", "rm v", "$(rm v)", "`rm v`", "\\$(rm v)", "it's", "\"", "'$(rm v)'", "E ", " E", "a\\", "$x", "\"$(git log)\"", "",
            IsOdd() ? _odd.Word() : "}");
        _bodies.Add($"\n{tab}{body}\n{tab}{(Chance(96) ? end : Pick(end + " ", end + ";", end + ")", " " + end, end + "\r"))}");
        return $" <<{(tab.Length > 0 ? "-" : "")}{Pick("", "", " ")}{written}";
    }

    private string Wrapped() => Pick("command ", "env ", "env A=1 ", "nohup ", "nice -n 3 ", "timeout 2 ", "exec ", "setsid ", "time ", "xargs ",
        "command -p ", "sh -c '", "bash -c '", "bash -c \"", "time -p ", "find src -exec ") is var wrapper
        && wrapper[^1] is '\'' or '"'
            ? wrapper + Simple().Replace(wrapper[^1].ToString(), "", StringComparison.Ordinal) + wrapper[^1]
            : wrapper + Simple() + (wrapper.StartsWith("find", StringComparison.Ordinal) ? " \\;" : "");

    private string Condition() => Pick($"-f {Word()}", $"{Word()} == {Word()}", $"-n {Word()} && -z {Word()}", $"! -d {Word()}", $"{Word()} != a || -n {Word()}");

    private string Sum() => Pick("1", "1+2", "(1)+2", "2 * 3", "x", "$x", "1 << 2", IsOdd() ? _odd.Sum() : "1 - 1");

    private string Blank() => Chance(96) ? " " : IsOdd() ? _odd.Blank() : Pick("\t", "  ", " \\\n ", "\\\n");

    private bool IsOdd() => Chance(_oddity);

    private bool Chance(int percent) => _random.Next(100) < percent;

    private string Pick(params ReadOnlySpan<string> choices) => choices[_random.Next(choices.Length)];
}
