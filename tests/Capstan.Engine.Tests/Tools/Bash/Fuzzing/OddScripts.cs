namespace Capstan.Engine.Tests.Tools.Bash.Fuzzing;

/// <summary>The constructs that readers of bash get wrong, with plain pieces in them.</summary>
/// <param name="random">Chance.</param>
/// <param name="simple">Writes a simple command.</param>
/// <param name="word">Writes a word.</param>
/// <param name="list">Writes a list of commands.</param>
internal sealed class OddScripts(Random random, Func<string> simple, Func<string> word, Func<string> list)
{
    // No function's body calls a function, so that nothing multiplies without end.
    public string Command() => random.Next(33) switch
    {
        0 => $"case {word()} in {word()}) {list()};; *) {simple()};; esac",
        1 => $"case a in (a) {simple()};; esac",
        2 => Function(),
        3 => $"coproc {Pick("", "N ")}{{ {simple()}; }}",
        4 => $"coproc {simple()}",
        5 => $"for x{Pick("", ";", "\n")} do {simple()}; done",
        6 => $"for ((i=0;i<1;i++)); do {simple()}; done",
        7 => $"select x in a; do {simple()}; break; done",
        8 => $"{Pick("\"A\"", "A\\\n", "A+", "A[0]", "\\A", "1A")}={word()} {simple()}",
        9 => $"A=({word()} {word()})",
        10 => $"A[{word()}]={word()}",
        11 => $"{{n}}>out/f {simple()}",
        12 => $"echo a{Pick("\r", "\u00a0", "\v", "\u2003", "\f")}#; {simple()}",
        13 => $"echo ${{x:-\"}}\"}}; {simple()} #\"}}",
        14 => $"((a=1 #)); {simple()}\n))",
        15 => $"{Pick("PATH=.", "PS4='$(rm v)'", "IFS=m", "BASH_ENV='$(rm v)'", "PATH=")} {simple()}",
        16 => $"(({Sum()}))",
        17 => $"[[ {word()} {Pick("-eq", "-lt", "=~", "<", "-v", "-ef", "-nt")} {word()} ]]",
        18 => $"[[ {Pick("-v", "-t", "-o", "!", "(", "-N")} {word()} ]]",
        19 => $"set {Pick("-x", "-e", "-f", "-o posix", "-u", "-k", "--")}; {simple()}",
        20 => Split(),
        21 => $"x='a[$(rm v)]'; {Pick("", "echo $", "y=$", "[[ -n a ]] && ", "echo <")}({Pick("\\\n", " ", "")}({Pick("x", "$x", "x+1")}))",
        22 => Left(),
        23 => Moved(),
        24 => $"find . {Pick("{x},-exec}", "{-exec,rm}", "$x", "{}", "-newer -exec", "-printf -exec")} rm v \\;",
        25 => $"{Pick("RANDOM", "OPTIND", "SECONDS", "HOME", "REPLY")}='{Pick("a[$(rm v)]", "secret")}' {Pick("", "; ", "cd; ")}{simple()}",
        26 => $"{Pick("exec", "time", "!", "builtin", "command -v", "env -S", "eval", "xargs -I {}", "env -u A", "nice", "time --", "exec -a a")} {simple()}",
        27 => $"y='$(rm v)'; x='a[$(rm v)]'; echo {Pick("{$,a}", "{a,$}", "{a$,b}", "{\\$,a}", "{Z..a}")}{Pick("{y@P}", "[x]", "{a:x}", "{y}")}",
        28 => $"x='a[$(rm v)]'; echo {{b[{Pick("x", "0", "$x")}]}}{Pick(">out/f", "<src/a", ">&1", "<&0")}",
        29 => $"x={Pick("\\;", "+", "-name", "-exec", "''")}; find src {Pick("! ", "")}{Pick("\"$x\" ", "$x ", "")}"
            + Pick("-name ", "-D ", "-fprintf out/f ", "-exec git a {} ", "") + Pick("$x ", "\"$x\" ", "-name ", "") + "-exec rm v \\;",
        30 => $"echo {Pick("rm v", "v", "push")} | xargs {Pick("-I{} -n1", "--eof", "--max-lines", "-I{} -L 1", "-n1 -I{}", "--replace", "-i")} "
            + Pick("rm git", "env", "git", "nice", "rm {}"),
        31 => $"printf '{Pick("%n", "a%n", "%5n")}' {Pick("PATH", "HOME", "x", "IFS")}; {simple()}",
        _ => $"{Pick("PS4", "BASH_ENV", "x", "PATH", "IFS")}='{Pick("$(rm v)", "a[$(rm v)]", "rm", ".", "m")}'; {simple()}",
    };

    public string Program() => Pick(
        "$'rm'", "r$y\"\"m", "{rm,v}", "r[m]", "r?", "$x", "\"$x\"", "${x}", "$1", "\"$@\"", "$(echo rm)", "`echo rm`", "${x:-rm}", "eval", "source",
        ".", "exec", "command", "builtin", "trap", "alias", "let", "declare", "unset", "export", "printf -v", "read", "mapfile -C", "test -v",
        "wait -p", "getopts", "hash -p", "enable -f", "printf", "local", "readonly", "env -i", "xargs", "xargs -n 1", "timeout -k 1 2", "sh -c",
        "bash -c", "sh", "bash", "bash -s", "bash -lc", "find . -exec", "find src -name a -exec", "shopt -s extglob;", "set", "shift", "exit",
        "pushd", "cd -", "return", "break", "continue", "alias git=rm;", "env", "nohup", "setsid", "time", "declare -n", "declare -i x=", "typeset");

    public string Word() => random.Next(16) switch
    {
        0 => $"${{x{Pick(":-", "-", ":=", ":+", "#", "%", "/a/", "//", "^", ":", "@P}{", "[", "")}{word()}}}",
        1 => $"\"${{x{Pick(":-", "#", "/", ":", "%%")}{word()}}}\"",
        2 => $"{Pick("<", ">")}({list()})",
        3 => $"$'{Pick("a", "\\'", "\\n", "\\x41", "rm v", "; rm v")}'",
        4 => $"$\"{word()}\"",
        5 => Pick("*", "?", "[ab]", "{a,b}", "~", "{rm,v}", "!(a)", "+(b)", "=", "a=(b)", "{1..3}", "[[", "]]", "((", "<(", "#"),
        6 => Pick("'a[$(rm v)]'", "a[$(rm v)]", "$@", "$1", "$#", "$$", "$_", "$-", "$*", "\"$@\"", "$!", "$0"),
        7 => $"$(({Sum()}))",
        8 => $"$[{Sum()}]",
        9 => $"$({list()} # )\n)",
        10 => $"$(case a in a) {simple()};; esac)",
        11 => $"`{simple()}`",
        12 => $"\"`{simple()}`\"",
        13 => $"$( ({list()}) )",
        14 => $"$(cat <<E\n{word()}\nE\n)",
        _ => $"${{x:-{Pick("'", "\"", "}", "\\}", "$(rm v)", "`rm v`", "'}'", "\"}\"")}}}",
    };

    public string Redirection() => Pick(
        " >$x", " >\"$x\"", " {n}>out/f", " 2>&-", $" >{word()}", $" <{word()}", " >out/$x", " >{out,secret}/f", " >out/*", " >~/f", " 10>out/f",
        " >&$x", " <&0", " >out/\\\nf", " &>>secret/f", " >>secret/f", " 3<>secret/f", " > secret/../secret/f", " >&-", " >$(echo secret/f)", " {a[$(rm v)]}>out/f");

    public string Delimiter(string end) => Pick(
        $"\\{end}", $"{end[..1]}\"{end[1..]}\"", "E\\ F", "$E", "\"E F\"", "''", "`E`", "$'E'", "E)", "{E,F}", "E;", "E#", "\"E\n\"", "E\r", $"{end}\\\n", "$(E)");

    public string Sum() => Pick("x=1", "a[0]", "a[$(rm v)]", "$(rm v)", "x ? 1 : 2", "1 #", "'1'", "\"x\"", "1) + (2", "`rm v`", "x++", "16#f", "a[x]");

    public string Blank() => Pick("\r", "\u00a0", "\v", "\f", "\u2003", " \\\n", "\t \t", "\u0085");

    // Where an argument looks like an assignment, some read it as one and others split its value.
    private string Split()
    {
        var value = Pick("rm v", "PS4=$(rm)", "PATH=.", "rm");
        var program = Pick("env", "builtin export", "command export", "export", "sudo", "xargs", "nice", "exec");
        return $"y='1 {value}'; {program} {Pick("x=", "", "\"x\"=", "-n ")}$y {Pick("", "; set -x")}; {simple()}";
    }

    // What stands behind an exit is reached if the exit was not.
    private string Left()
    {
        var exit = Pick("{ exit; }", "if true; then exit; fi", "{ cd out; }", "(exit)", "{ cd secret; exit; }");
        return $"{exit} {Pick("< none", "> none/x", "> out/f", "")}{Pick(";", " ||", " &&")} echo x > {Pick("secret/g", "g", "out/f")}";
    }

    private string Moved()
    {
        var body = Pick("cd secret", "cd", "cd ..", "cd out", "exit", simple());
        var call = Pick("f", "HOME=secret f", "cd src; f", "(f)", "f &", "f && f");
        return $"f() {{ {body}; }}; {call}; echo x > {Pick("g", "f", "../secret/g")}";
    }

    private string Function()
    {
        var name = Pick("f", "f", "git", "echo", "cat");
        var body = Pick($"{{ {simple()}; }}", $"({simple()})", $"if {simple()}; then {simple()}; fi", "{ rm v; }", "for y in a; do rm v; done", $"[[ -n {word()} ]]");
        return Pick($"{name}() {body}", $"function {name} {body}", $"{name} ()\n{body}", $"function {name}() {body}", $"function {name}\n{body}") + $"; {name}";
    }

    private string Pick(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];
}
