namespace Capstan.Engine.Tests.Tools.Bash.Fuzzing;

/// <summary>
/// Writes random bash around the program <c>rm</c>: mostly well formed, so that a reader understands a good part of it, and full of
/// what readers get wrong. The same seed is the same line.
/// </summary>
internal sealed class ScriptGenerator(int seed)
{
    private const int DeepestNesting = 4;

    private readonly Random _random = new(seed);
    private readonly List<string> _bodies = [];
    private int _depth;

    /// <summary>One command line; some are mutated, so that not even their writer knows what they mean.</summary>
    public static string Line(int seed)
    {
        var generator = new ScriptGenerator(seed);
        var line = generator.List() + generator.Bodies();
        if (generator.Chance(35))
        {
            var other = new ScriptGenerator(unchecked(seed * 7919 + 1));
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
        return Pick("; ", ";", " && ", "&&", " || ", " & ", " |& ", "\n\n", " # note\n", " ;\\\n", " &&\n");
    }

    private string Bodies()
    {
        var bodies = string.Concat(_bodies);
        _bodies.Clear();
        return bodies.Length == 0 ? "" : bodies + "\n";
    }

    private string Pipeline() =>
        (Chance(5) ? "! " : "") + Command() + (Chance(15) ? Pick(" | ", "|", " |\n") + Command() : "");

    private string Command()
    {
        if (_depth >= DeepestNesting)
            return Simple();
        _depth++;
        var text = _random.Next(22) switch
        {
            0 => $"({List()})",
            1 => $"{{ {List()}; }}",
            2 => $"if {List()}; then {List()}; fi",
            3 => $"if {Simple()}; then {Simple()}; else {List()}; fi",
            4 => $"for x in {Words()}; do {List()}; done",
            5 => $"{Pick("while", "until")} {Simple()}; do {Simple()}; break; done",
            6 => $"case {Word()} in {Word()}) {List()};; *) {Simple()};; esac",
            7 => Function(),
            8 => Oddity(),
            9 => Wrapped(),
            10 => $"[[ {Condition()} ]]",
            11 => Arithmetic(),
            _ => Simple(),
        };
        _depth--;
        return text + (Chance(6) ? Redirection() : "");
    }

    private string Simple()
    {
        var text = Chance(8) ? Redirection().TrimStart() + " " : "";
        text += Chance(8) ? $"{Pick("X", "A", "Y")}{Pick("=", "+=", "=", "[0]=")}{(Chance(50) ? Word() : "")} " : "";
        text += Chance(45) ? Program() + Blank() + Words() : Known();
        if (Chance(15))
            text += Redirection();
        return Chance(4) ? text + " # " + Pick("it's", "\"", "$(", "<<E", "rm v", "`", "\\") + "\n" : text;
    }

    private string Known() => Pick("git status", "echo hello", "cat src/a", "ls", "cd src", "cd out", "true", "false", ":", "git log",
        "echo", "set -- a", "x=1", "rm v", "cd secret", "cd ..", "x=rm", "x='a[$(rm v)]'", "exit", "test -f v", "shift", "export X=1");

    private string Program() => _random.Next(26) switch
    {
        < 5 => "rm",
        < 8 => "git",
        < 10 => "echo",
        < 12 => "cat",
        12 => "ls",
        13 => Pick("r\\m", "\"rm\"", "'rm'", "r\"m\"", "$'rm'", "r\\\nm", "r''m", "\\rm", "./rm", "r$y\"\"m", "{rm,v}", "r[m]"),
        14 => Pick("$x", "\"$x\"", "${x}", "$1", "\"$@\"", "$(echo rm)", "`echo rm`", "${x:-rm}"),
        15 => Pick("eval", "source", ".", "exec", "command", "builtin", "trap", "alias", "time", "let", "declare", "unset", "export"),
        16 => Pick("printf -v", "read", "mapfile -C", "test -v", "wait -p", "getopts", "hash -p", "enable -f", "printf", "["),
        17 => Pick("env", "nohup", "setsid", "nice", "xargs", "timeout 2", "env -i", "nice -n 3", "xargs -n 1", "timeout -k 1 2"),
        18 => Pick("sh -c", "bash -c", "sh", "bash", "bash -s", "bash -lc", "find . -exec", "find src -name a -exec"),
        19 => Pick("\"git\"", "g\\it", "'echo'", "\"cat\"", "ec\"ho\"", "git\\\n"),
        _ => Pick("git status", "echo a", "cat src/a", "git log"),
    };

    private string Words()
    {
        var text = Word();
        for (var more = _random.Next(3); more > 0; more--)
            text += Blank() + Word();
        return text;
    }

    private string Word()
    {
        if (_depth >= DeepestNesting || Chance(40))
            return Pick("v", "a", "b", "src/a", "status", "x", "1", "-n", "--", "rm", "E", "in", "do", "done", "if", "then", "{", "}", "!");
        _depth++;
        var text = _random.Next(20) switch
        {
            0 => $"\"{Quoted()}\"",
            1 => $"'{Text()}'",
            2 => $"$({List()})",
            3 => $"\"$({List()})\"",
            4 => $"`{Simple()}`",
            5 => Pick("$x", "\"$x\"", "${x}", "$@", "$1", "$?", "$#", "\"${x}\"", "$$", "$_"),
            6 => $"${{x{Pick(":-", "-", ":=", ":+", "#", "%", "/a/", "//", "^", ":", "@P}{", "[", "")}{Word()}}}",
            7 => $"\"${{x{Pick(":-", "#", "/", ":")}{Word()}}}\"",
            8 => $"$(({Sum()}))",
            9 => $"{Pick("<", ">")}({List()})",
            10 => $"$'{Text()}'",
            11 => Pick("\\;", "\\ ", "\\#", "a#b", "\\\n", "\\'", "\\\"", "\\$x", "\\`", "a\\\nb", "\\\\"),
            12 => Pick("*", "?", "[ab]", "{a,b}", "~", "{rm,v}", "!(a)", "+(b)", "a=b", "=", "a=(b)"),
            13 => Word() + Word(),
            14 => $"\"{Quoted()}{Word().Replace("\"", "", StringComparison.Ordinal)}\"",
            15 => $"'{Text()}'\"{Quoted()}\"",
            16 => Pick("'rm v'", "\"rm v\"", "'; rm v'", "'$(rm v)'", "\"\\$(rm v)\"", "'a[$(rm v)]'", "rm\\ v", "'`rm v`'"),
            _ => Pick("v", "a", "'a b'", "\"a b\"", "src/a", "--short"),
        };
        _depth--;
        return text;
    }

    private string Quoted() => _random.Next(8) switch
    {
        0 => $"$({List()})",
        1 => $"`{Simple().Replace("`", "", StringComparison.Ordinal)}`",
        2 => "$x",
        3 => Pick("\\\"", "\\$(rm v)", "\\\\", "\\`", "\\\n"),
        4 => $"${{x:-{Pick("a", "'", "$(rm v)", "}", "\"b\"")}}}",
        _ => Text(),
    };

    private string Text() => Pick("a", "rm v", "; rm v", "#", "$(", ")", "(", "}", "{", "a b", "\n", "E", "<<E", "&& rm v", "|", "", "\\", "x y z");

    private string Redirection()
    {
        if (Chance(35))
            return HereDocument();
        return Pick(" >out/f", " > out/f", " >>out/f", " 2>/dev/null", " >/dev/null", " 2>&1", " >&2", " </dev/null", " <src/a", " &>out/f",
            " >secret/f", " >f", " >|out/f", " <>out/f", " 2>&-", " <<<x", " <<<\"$(rm v)\"", " >$x", " >\"$x\"", " {n}>out/f", " >../out/f",
            " >../secret/f", " >&f", " >" + Word());
    }

    private string HereDocument()
    {
        var end = Pick("E", "E", "E", "EOF", "E1");
        var (written, isTab) = _random.Next(12) switch
        {
            0 => ($"'{end}'", false),
            1 => ($"\"{end}\"", false),
            2 => ($"\\{end}", false),
            3 => (end, true),
            4 => ($"'{end}'", true),
            5 => ($"{end[..1]}\"{end[1..]}\"", false),
            6 => (Pick("E\\ F", "$E", "\"E F\"", "''", "`E`", "$'E'", "E)", "{E,F}", "E;"), false),
            _ => (end, false),
        };
        var body = Pick("text", "rm v", "$(rm v)", "`rm v`", "\\$(rm v)", "it's", "\"", "${x:-$(rm v)}", "\\", "E ", " E", "a\\", "$x", "$((1))", "");
        _bodies.Add($"\n{(isTab ? "\t" : "")}{body}\n{(Chance(92) ? (isTab ? "\t" : "") + end : Pick(end + " ", end + ";", end + ")", " " + end))}");
        return $" <<{(isTab ? "-" : "")}{Pick("", "", " ")}{written}";
    }

    // No body calls a function, so that nothing multiplies without end.
    private string Function()
    {
        var name = Pick("f", "f", "git", "echo", "cat");
        var body = Pick($"{{ {Simple()}; }}", $"({Simple()})", $"if {Simple()}; then {Simple()}; fi", "{ rm v; }", "for y in a; do rm v; done");
        return Pick($"{name}() {body}", $"function {name} {body}", $"{name} ()\n{body}", $"function {name}() {body}") + $"; {name}";
    }

    private string Oddity() => Pick(
        $"coproc {{ {Simple()}; }}", $"coproc {Simple()}", $"time -p {Simple()}", $"time {Simple()}", $"! {Simple()}",
        $"for x do {Simple()}; done", $"for ((i=0;i<1;i++)); do {Simple()}; done", $"select x in a; do {Simple()}; break; done",
        $"\"A\"={Word()}", $"A=({Words()})", $"A[{Word()}]={Word()}", $"case a in (a) {Simple()};; esac", $"{{n}}>out/f {Simple()}",
        $"echo a\r#; {Simple()}", $"echo a\u00a0#; {Simple()}", $"echo ${{x:-\"}}\"}}; {Simple()} #\"}}", $"((a=1 #)); {Simple()}\n))",
        $"function f if {Simple()}; then :; fi; f", $"PATH=. {Simple()}", $"echo a\v{Simple()}", $"if {Simple()}\nthen\n{Simple()}\nfi");

    private string Wrapped() => Pick("command ", "env ", "env A=1 ", "nohup ", "nice ", "timeout 2 ", "exec ", "exec -a x ", "setsid ", "builtin ",
        "command -p ", "env -S ", "xargs ", "sh -c '", "bash -c '", "bash -c \"", "eval '", "time ", "env -i PATH=\"$PATH\" ") is var wrapper
        && wrapper[^1] is '\'' or '"'
            ? wrapper + Simple().Replace(wrapper[^1].ToString(), "", StringComparison.Ordinal) + wrapper[^1]
            : wrapper + Simple();

    private string Condition() => Pick(
        $"-f {Word()}", $"{Word()} == {Word()}", $"-n {Word()} && -z {Word()}", $"{Word()} =~ {Word()}", $"{Word()} -eq {Word()}",
        $"-v {Word()}", $"( {Word()} )", $"! {Word()} < {Word()}", $"-d src || {Word()} != {Word()}");

    private string Arithmetic() => Pick($"(({Sum()}))", $"echo $(({Sum()}))", $"echo \"$(({Sum()}))\"", $"x=$(({Sum()}))", $"echo $[{Sum()}]");

    private string Sum() => Pick("1", "x", "1+2", "x=1", "(1)+2", "a[0]", "a[$(rm v)]", "$(rm v)", "x ? 1 : 2", "1 << 2", "1 #", "'1'", "\"x\"", "$x", "1) + (2");

    private string Blank() => Chance(90) ? " " : Pick("\t", "  ", " \\\n ", "\\\n", "\r", "\u00a0", "\v", " \\\n");

    private bool Chance(int percent) => _random.Next(100) < percent;

    private string Pick(params ReadOnlySpan<string> choices) => choices[_random.Next(choices.Length)];
}
