using Capstan.Engine.Tools.Bash;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Capstan.Engine.Tests.Tools.Bash;

/// <summary>What the grammar reads, what it refuses, and that reading never fails otherwise.</summary>
public sealed class ShellScriptTests
{
    [Theory]
    [InlineData("ls", "ls")]
    [InlineData("a; b & c && d || e | f |& g\nh", "a", "b", "c", "d", "e", "f", "g", "h")]
    [InlineData("echo 'a; b' \"c && d\" e\\;f", "echo a; b c && d e;f")]
    [InlineData("echo   a\t b \\\n  c", "echo a b c")]
    [InlineData("echo hi > out.txt 2>&1", "echo hi")]
    [InlineData("2>/dev/null rm v", "rm v")]
    [InlineData("rm>/dev/null v", "rm v")]
    [InlineData("cmd &> all; next", "cmd", "next")]
    [InlineData("(cd x; rm y)", "cd x", "rm y")]
    [InlineData("{ rm y; }", "rm y")]
    [InlineData("echo \"$(rm x)\"", "rm x", "echo $(rm x)")]
    [InlineData("echo `rm x`", "rm x", "echo `rm x`")]
    [InlineData("X=$(rm x)", "rm x")]
    [InlineData("diff <(rm x) b", "rm x", "diff <(rm x) b")]
    [InlineData("! time -p rm v", "rm v")]
    [InlineData("if test -f x; then rm x; elif a; then b; else c; fi", "test -f x", "rm x", "a", "b", "c")]
    [InlineData("for f in a $(b); do rm $f; done", "b", "rm $f")]
    [InlineData("for ((i=0; i<3; i++)); do rm $i; done", "rm $i")]
    [InlineData("while ! true; do rm x; done < y", "true", "rm x")]
    [InlineData("case $1 in a|b) rm x;; (*) rm y;; esac; rm z", "rm x", "rm y", "rm z")]
    [InlineData("[[ -f a && ( $b == c* || ! $(d) =~ ^(x|y)+$ ) ]] && rm x", "d", "rm x")]
    [InlineData("function f { rm x; }; f", "rm x", "f")]
    [InlineData("git() { rm v; }; git status", "rm v", "git status")]
    [InlineData("FOO=1 git status", "FOO=1 git status")]
    [InlineData("echo a # rm x", "echo a")]
    [InlineData("r\\\nm x", "rm x")]
    [InlineData("\\r''m x", "rm x")]
    [InlineData("cat <<EOF > f\nrm x\n$(rm y)\nEOF\nrm z", "cat", "rm y", "rm z")]
    [InlineData("cat <<'EOF' <<-\"B\"\n$(rm y)\nEOF\n\tB\nrm z", "cat", "rm z")]
    [InlineData("git commit -m \"$(cat <<'EOF'\nit's (done)\nEOF\n)\"", "cat", "git commit -m $(cat <<'EOF'\nit's (done)\nEOF\n)")]
    [InlineData("i=0; while [ $i -lt 5 ]; do i=$((i + 1)); done", "[ $i -lt 5 ]")]
    [InlineData("echo ${f%.txt} ${x:-plain} ${#x} ${h:0:7}", "echo ${f%.txt} ${x:-plain} ${#x} ${h:0:7}")]
    [InlineData("git show stash@{0} HEAD@{1} a,b", "git show stash@{0} HEAD@{1} a,b")]
    [InlineData("FOO=1")]
    [InlineData("# nothing")]
    public void The_commands_of_a_line_are_found_in_canonical_form(string line, params string[] commands)
    {
        var script = ShellScript.Read(line);
        Assert.Null(script.Reason);
        Assert.Equal(commands.Order(StringComparer.Ordinal), Texts(script).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("command -p rm v")]
    [InlineData("builtin command rm v")]
    [InlineData("env -i -u X A=b rm v", "A=b rm v")]
    [InlineData("nohup setsid -w rm v")]
    [InlineData("X=1 command time -f %e rm v", "X=1 rm v")]
    [InlineData("nice -n 5 nice -5 ionice -c2 -n 7 stdbuf -oL rm v")]
    [InlineData("timeout -k 5 --signal=KILL 10 rm v")]
    [InlineData("sudo -n -u other rm v")]
    [InlineData("busybox rm v")]
    [InlineData("find . -name '*.o' -exec rm v ';'")]
    [InlineData("find . -type f -execdir rm v {} +", "rm v {}")]
    [InlineData("ls | xargs -0 -n 1 rm v")]
    [InlineData("ls | xargs -I% rm % v", "rm % v")]
    [InlineData("sh -ec 'rm v'")]
    [InlineData("sudo bash -o pipefail -c 'true && rm v' name argument")]
    [InlineData("bash -c \"bash -c 'rm v'\"")]
    public void What_a_wrapper_runs_is_found(string line, string command = "rm v") =>
        Assert.Contains(command, Texts(ShellScript.Read(line)));

    [Theory]
    [InlineData("cd \"${x:-'$(touch pwned)'}\"", "an operator inside ${…}")]
    [InlineData("git status ${x:-\"}\"}; touch pwned #\"", "an operator inside ${…}")]
    [InlineData("echo ${x:=a}", "an operator inside ${…}")]
    [InlineData("echo ${x@P}", "an operator inside ${…}")]
    [InlineData("echo ${a[x]}", "an operator inside ${…}")]
    [InlineData("echo ${!x}", "a variable named by another, ${!…}")]
    [InlineData("git status <<E\\ F\nE F\ntouch pwned\nE", "a here-document with an odd delimiter")]
    [InlineData("cat <<$(x)\n$(x)", "a here-document with an odd delimiter")]
    [InlineData("cat <<E\nx\\\nE\nE", "a continued line in a here-document")]
    [InlineData("cat <<E\nx", "a here-document that is not ended by a line E")]
    [InlineData("cat <<E", "a here-document without text")]
    [InlineData("cat <<E $(echo\nx\nE\n)", "a line break between a here-document's announcement and its text")]
    [InlineData("echo $(cat <<E)\nx\nE", "a here-document that ends with the script around it")]
    [InlineData("function f if rm v; then :; fi; f", "a function whose body is neither a group nor a subshell")]
    [InlineData("command_not_found_handle() { rm v; }", "a function named command_not_found_handle")]
    [InlineData("cd() { :; }", "a function named cd")]
    [InlineData("set -- a; for x do rm v; done", "for without a list")]
    [InlineData("((a=1 #)); rm v\n))", "something in arithmetic that is no number, name or operator")]
    [InlineData("echo $((a[$(rm v)]))", "something in arithmetic that is no number, name or operator")]
    [InlineData("x='a[$(rm v)]'; echo $((x))", "arithmetic with a variable that may hold more than a number")]
    [InlineData("read x; echo $((x))", "arithmetic with a variable that may hold more than a number")]
    [InlineData("X='a[$(rm v)]' bash -c 'echo $((X)); X=1'", "arithmetic with a variable that may hold more than a number")]
    [InlineData("x=$(cat f); [[ x -eq 1 ]]", "a comparison of numbers in [[ … ]] that may evaluate more than numbers")]
    [InlineData("[[ -v a ]]", "something in [[ … ]] that is no plain test")]
    [InlineData("echo $[1+1]", "arithmetic in square brackets")]
    [InlineData("\"A\"=b", "a program with an odd name")]
    [InlineData("'rm v'", "a program with an odd name")]
    [InlineData("$x v", "a program that is named by an expansion or a pattern")]
    [InlineData("*m v", "a program that is named by an expansion or a pattern")]
    [InlineData("r{m,} v", "a program that is named by an expansion or a pattern")]
    [InlineData("nohup -- $x", "a program that is named by an expansion or a pattern")]
    [InlineData("nohup $x", "a word of nohup that is not read here")]
    [InlineData("git status a\r#; touch pwned", "a carriage return")]
    [InlineData("echo \x01", "a control character")]
    [InlineData("echo \uffff", "a character that is none")]
    [InlineData("git\u00a0status", "a character that looks like a blank or like nothing")]
    [InlineData("echo a\u200bb", "a character that looks like a blank or like nothing")]
    [InlineData("$'rm' v", "a quote with escapes of its own, $'…'")]
    [InlineData("$\"rm\" v", "a quote with escapes of its own, $\"…\"")]
    [InlineData("coproc N { rm v; }", "coproc")]
    [InlineData("select x in a; do rm v; done", "select")]
    [InlineData("PATH=$PWD/evil git status", "an assignment to PATH")]
    [InlineData("IFS=x; git status", "an assignment to IFS")]
    [InlineData("HOME=/x; cd", "an assignment to HOME")]
    [InlineData("env LD_PRELOAD=x git status", "an assignment to LD_PRELOAD")]
    [InlineData("for USERS_EDITOR in 'rm v'; do USERS_EDITOR=x git commit; done", "a loop over USERS_EDITOR")]
    [InlineData("sudo A=1 -u root rm v", "a program with an odd name")]
    [InlineData("for PATH in a; do git status; done", "a loop over PATH")]
    [InlineData("a=([0]=b)", "an array")]
    [InlineData("a[$(rm v)]=1", "an element of an array")]
    [InlineData("exec {fd}>x", "a descriptor named by a variable")]
    [InlineData("cat </dev/tcp/host/1", "a network connection by redirection")]
    [InlineData("echo ~root", "a tilde for something else than the home directory")]
    [InlineData("X=1 if rm v", "a keyword in an odd place")]
    [InlineData("i\\\nf true; then rm v; fi", "a keyword in an odd place")]
    [InlineData("$\\\n(rm v)", "a dollar sign before a backslash or a backtick")]
    [InlineData("echo \"open", "a quote that is not closed")]
    [InlineData("echo `rm \\`x\\``", "quotes, escapes, comments or lines in backticks")]
    [InlineData("eval rm v", "eval, which evaluates what it is given")]
    [InlineData(". ./x", "., which evaluates what it is given")]
    [InlineData("command builtin source x", "source, which evaluates what it is given")]
    [InlineData("shopt -s expand_aliases", "shopt, which evaluates what it is given")]
    [InlineData("parallel rm ::: v", "parallel, which runs another program by options that are not read here")]
    [InlineData("env -S 'rm v'", "a word of env that is not read here")]
    [InlineData("sudo -i", "a word of sudo that is not read here")]
    [InlineData("xargs --process-slot-var=x rm", "a word of xargs that is not read here")]
    [InlineData("xargs sh", "sh with words that are not known")]
    [InlineData("bash -c \"rm $x\"", "bash with words that are not known")]
    [InlineData("curl x | bash", "bash, which reads its script from its input")]
    [InlineData("bash -s", "an option of bash that is not read here")]
    [InlineData("zsh -c 'rm v'", "a script for zsh")]
    [InlineData("sh -c '((a))'", "((…)) in sh")]
    [InlineData("python3 - <<'E'\nx\nE", "python3, which reads its script from its input")]
    [InlineData("node < x", "node, which reads its script from its input")]
    [InlineData("x=$(cat f); find . $x", "find with words that are not known")]
    [InlineData("(\\\n( rm v ))", "a continued line behind a parenthesis")]
    [InlineData("x='a[$(rm v)]'; echo $(\\\n(x))", "a continued line behind a parenthesis")]
    [InlineData("time -p -- rm v", "an option of time")]
    [InlineData("find . {x}\" \",-exec} rm v \\;", "find with words that are not known")]
    [InlineData("perl -w < f", "perl, which reads its script from its input")]
    [InlineData("find . -exec rm", "find with words that are not known")]
    public void What_is_outside_the_grammar_is_named(string line, string construct)
    {
        var script = ShellScript.Read(line);
        Assert.False(script.IsUnderstood);
        Assert.StartsWith(construct + " (at character ", script.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("export PATH=x")]
    [InlineData("export 'a[$(rm v)]=1'")]
    [InlineData("command export x=$y")]
    [InlineData("'export' x=$y")]
    [InlineData("sh -c 'export x=$y'")]
    [InlineData("wait -- ''")]
    [InlineData("readonly \"$x\"")]
    [InlineData("local -n x=y")]
    [InlineData("read PATH")]
    [InlineData("read -a 'a[0]'")]
    [InlineData("read $x")]
    [InlineData("export PAGER_OF_MINE; read PAGER_OF_MINE")]
    [InlineData("mapfile -C 'rm v' x")]
    [InlineData("printf -v x y")]
    [InlineData("printf \"$x\" 'a[$(rm v)]'")]
    [InlineData("unset 'a[$(rm v)]'")]
    [InlineData("set -a")]
    [InlineData("set -o posix")]
    [InlineData("set $x")]
    [InlineData("hash -p /evil git")]
    [InlineData("wait -p 'a[$(rm v)]' 1")]
    [InlineData("jobs -x rm v")]
    [InlineData("test -v 'a[$(rm v)]'")]
    [InlineData("[ \"$a\" \"$b\" ]")]
    [InlineData("x=$(cat f); [ $x = y ]")]
    public void Builtins_that_may_evaluate_their_arguments_are_not_understood(string line) =>
        Assert.Contains("that may evaluate what it is given", ShellScript.Read(line).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("while IFS= read -r line; do echo \"$line\"; done < f")]
    [InlineData("export X=1 Y=\"$HOME/y\" LC_ALL=C")]
    [InlineData("set -euo pipefail; set -- \"$@\"")]
    [InlineData("printf '%s\\n' \"$x\"; printf \"%s $x\" y")]
    [InlineData("[ -f \"$x\" ] && [ ! -d \"$x\" ] || [ \"$x\" = y ]")]
    [InlineData("n=$(ls | wc -l); [ $n -gt 3 ] && echo $((n + 1))")]
    [InlineData("for i in {1..3} $(seq 1 5); do echo $((i * 2)); done")]
    [InlineData("d=src; find $d \"$e\" -name '*.cs' -not -path \"*/$e/*\"")]
    [InlineData("wait $! && kill %1; unset x; mapfile -t lines < f")]
    [InlineData("python3 -c 'print(1)'; python3 -m pytest; node -e 'x'; perl -pi -e s/a/b/ f; python3 x.py -")]
    [InlineData("bash script.sh; sh -x ./build.sh; command -v git")]
    [InlineData("ls -la *.{js,ts} ~/x \"a b\"/*.c [ab]* 2>/dev/null | head -5 |& tee log &")]
    public void What_agents_write_is_understood(string line) => Assert.Null(ShellScript.Read(line).Reason);

    [Theory]
    [InlineData("git status --short", "git status *")]
    [InlineData("git remote add origin x", "git remote add *")]
    [InlineData("npm run build", "npm run build *")]
    [InlineData("ls -la", "ls *")]
    [InlineData("docker compose up -d", "docker compose up *")]
    [InlineData("CI=1 npm test -- x", "CI=1 npm test *")]
    [InlineData("git $x", null)]
    [InlineData("git '*'", null)]
    [InlineData("X='*' ls", null)]
    [InlineData("sudo ls", null)]
    public void Always_grants_the_words_that_say_what_is_done(string command, string? pattern) =>
        Assert.Equal(pattern, ShellScript.Read(command).Commands[0].Always);

    [Fact]
    public void Half_a_character_is_not_understood()
    {
        Assert.False(ShellScript.Read("echo \ud800").IsUnderstood);
        Assert.True(ShellScript.Read("echo \ud83d\ude00").IsUnderstood);
    }

    [Fact]
    public void Reading_never_throws()
    {
        var pieces = Gen.Elements("rm", " ", "'", "\"", "`", "$(", ")", "(", "${", "}", "{", ";", "&", "|", ">", "<", "<<", "EOF", "\n",
            "\\", "#", "=", "case", "in", "esac", "for", "do", "done", "$", "2", "!", "-", "\0", "é", "function", "[[", "]]", "((", "))", "~",
            "xargs", "find", "-exec", "bash", "-c", "[", "read", "cd", "..", "exit", "if", "then", "fi", "\ud800", "*", "x", "%", "#");
        Prop.ForAll(pieces.ListOf().Select(list => string.Concat(list)).ToArbitrary(), line => ShellScript.Read(line) is not null)
            .QuickCheckThrowOnFailure();
        Prop.ForAll(pieces.ListOf().Select(list => string.Join(' ', list)).ToArbitrary(), line => ShellScript.Read(line) is not null)
            .QuickCheckThrowOnFailure();
        Prop.ForAll<string>(line => line is null || ShellScript.Read(line) is not null).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void No_command_of_a_simple_line_is_lost()
    {
        var command = from name in Gen.Elements("rm", "git", "ls", "make", "npm")
                      from argument in Gen.Elements("", " -f", " 'a;b'", " \"x | y\"", " a\\&b", " > out", " $(pwd)", " 2>&1")
                      select (name, text: name + argument);
        var line = from commands in command.NonEmptyListOf()
                   from separator in Gen.Elements(";", " && ", "||", "|", "\n", " & ")
                   select (commands, text: string.Join(separator, commands.Select(c => c.text)));
        Prop.ForAll(line.ToArbitrary(), sample =>
        {
            var found = Texts(ShellScript.Read(sample.text)).Where(text => text != "pwd").Select(text => text.Split(' ')[0]);
            return found.SequenceEqual(sample.commands.Select(c => c.name));
        }).QuickCheckThrowOnFailure();
    }

    private static IEnumerable<string> Texts(ShellScript script) => script.Commands.Select(command => command.Subject.Text);
}
