using Capstan.Engine.Tools.Bash;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Capstan.Engine.Tests.Tools;

public sealed class ShellScriptTests
{
    [Theory]
    [InlineData("ls", "ls")]
    [InlineData("a; b & c && d || e | f |& g\nh", "a", "b", "c", "d", "e", "f", "g", "h")]
    [InlineData("echo 'a; b' \"c && d\" e\\;f", "echo 'a; b' \"c && d\" e\\;f")]
    [InlineData("echo hi > out.txt 2>&1", "echo hi > out.txt 2>&1")]
    [InlineData("cmd &> all; next", "cmd &> all", "next")]
    [InlineData("(cd x; rm y)", "cd x", "rm y")]
    [InlineData("echo \"$(rm x)\"", "rm x", "echo \"$(rm x)\"")]
    [InlineData("echo `rm x`", "rm x", "echo `rm x`")]
    [InlineData("echo ${x:-$(rm x)}", "rm x", "echo ${x:-$(rm x)}")]
    [InlineData("X=$(rm x)", "rm x")]
    [InlineData("diff <(rm x) b", "rm x", "diff <(rm x) b")]
    [InlineData("if test -f x; then rm x; fi", "test -f x", "rm x")]
    [InlineData("for f in a b; do rm $f; done", "rm $f")]
    [InlineData("while ! true; do rm x; done", "true", "rm x")]
    [InlineData("function f { rm x; }; f", "rm x", "f")]
    [InlineData("FOO=1 git status", "FOO=1 git status")]
    [InlineData("echo a # rm x", "echo a")]
    [InlineData("ls \\\n  -la", "ls \\\n  -la")]
    [InlineData("cat <<EOF > f\nrm x\n$(rm y)\nEOF\nrm z", "cat <<EOF > f", "rm y", "rm z")]
    [InlineData("cat <<'EOF'\n$(rm y)\nEOF", "cat <<'EOF'")]
    [InlineData("X=1 if rm x", "X=1 if rm x")]
    [InlineData("cat <|rm x", "cat <", "rm x")]
    public void The_commands_of_a_line_are_found(string line, params string[] commands)
    {
        var script = ShellScript.Read(line);
        Assert.True(script.IsUnderstood);
        Assert.Equal(commands.Order(StringComparer.Ordinal), script.Commands.Select(c => c.Text).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("case $1 in a|b) rm x;; *) rm y;; esac; rm z", "rm x", "rm y", "rm z")]
    [InlineData("[[ -f a && -f b ]] && rm x", "rm x")]
    [InlineData("f() { rm x; }; f", "rm x")]
    [InlineData("echo $((1 + $(rm x)))", "rm x")]
    [InlineData("a=(b $(rm x))", "rm x")]
    public void Odd_constructs_may_name_too_much_but_never_too_little(string line, params string[] commands)
    {
        var script = ShellScript.Read(line);
        Assert.Superset(commands.ToHashSet(), script.Commands.Select(c => c.Text).ToHashSet());
    }

    [Theory]
    [InlineData("rm x\necho 'open")]
    [InlineData("echo $(rm x")]
    [InlineData("rm x; echo `ls")]
    [InlineData("rm x; cat <<EOF\nnever ended")]
    [InlineData("ls )\nrm x")]
    public void A_line_that_is_not_understood_is_named_whole_and_in_pieces(string line)
    {
        var script = ShellScript.Read(line);
        Assert.False(script.IsUnderstood);
        Assert.Contains(script.Commands, command => command.Text == "rm x");
    }

    [Theory]
    [InlineData("git status --short", "git status *")]
    [InlineData("git remote add origin x", "git remote add *")]
    [InlineData("npm run build", "npm run build *")]
    [InlineData("ls -la", "ls *")]
    [InlineData("docker compose up -d", "docker compose up *")]
    [InlineData("$TOOL x", "$TOOL x")]
    public void Always_grants_the_words_that_say_what_is_done(string command, string pattern) =>
        Assert.Equal(pattern, CommandPrefix.AlwaysPattern(Assert.Single(ShellScript.Read(command).Commands)));

    [Fact]
    public void Deep_nesting_is_not_understood_and_costs_nothing()
    {
        Assert.False(ShellScript.Read(string.Concat(Enumerable.Repeat("$(", 100_000))).IsUnderstood);
        Assert.False(ShellScript.Read(string.Concat(Enumerable.Repeat("${", 100_000))).IsUnderstood);
    }

    [Fact]
    public void Reading_never_throws()
    {
        var pieces = Gen.Elements("rm", " ", "'", "\"", "`", "$(", ")", "(", "${", "}", "{", ";", "&", "|", ">", "<", "<<", "EOF", "\n",
            "\\", "#", "=", "case", "in", "esac", "for", "do", "done", "$", "2", "!", "-", "\0", "é", "function");
        Prop.ForAll(pieces.ListOf().Select(list => string.Concat(list)).ToArbitrary(), line => ShellScript.Read(line) is not null)
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
            var found = ShellScript.Read(sample.text).Commands.Where(c => c.Text != "pwd").Select(c => c.Words[0].Value);
            return found.SequenceEqual(sample.commands.Select(c => c.name));
        }).QuickCheckThrowOnFailure();
    }
}
