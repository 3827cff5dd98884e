using Capstan.Contract;
using Capstan.Engine.Tools.Bash;
using Xunit;
using static Capstan.Contract.PermissionAction;

namespace Capstan.Engine.Tests.Tools.Bash;

/// <summary>R10: what rules say of command lines, by the code that the bash tool asks by.</summary>
public sealed class BashJudgementTests : IDisposable
{
    private static readonly PermissionRule Everything = new("*", "*", Allow);

    /// <summary>All is allowed but what removes or makes files.</summary>
    private static readonly PermissionRule[] NoRm = [Everything, new("bash", "rm *", Deny), new("bash", "touch *", Deny)];

    /// <summary>Nothing but git is allowed.</summary>
    private static readonly PermissionRule[] OnlyGit = [Everything, new("bash", "*", Ask), new("bash", "git *", Allow)];

    private readonly string _top = Directory.CreateTempSubdirectory("capstan-judged-").FullName;

    public BashJudgementTests() => Directory.CreateDirectory(Path.Combine(Root, "sub"));

    private string Root => Path.Combine(_top, "work");

    public void Dispose() => Directory.Delete(_top, recursive: true);

    private PermissionAction Judge(string line, params PermissionRule[] rules) =>
        BashJudgement.Judge(line, Root, Root, Root, rules).Action;

    [Theory]
    [InlineData("cd \"${x:-'$(touch pwned)'}\"")]
    [InlineData("git status ${x:-\"}\"}; touch pwned #\"")]
    [InlineData("git status <<E\\ F\nE F\ntouch pwned\nE")]
    [InlineData("function f if rm v; then :; fi; f")]
    [InlineData("set -- a; for x do rm v; done")]
    [InlineData("((a=1 #)); rm v\n))")]
    [InlineData("git status a\r#; touch pwned")]
    [InlineData("X=1 rm v")]
    [InlineData("rm\tv")]
    [InlineData("r\\\nm v")]
    [InlineData("2>/dev/null rm v")]
    [InlineData("rm>/dev/null v")]
    [InlineData("time -p rm v")]
    [InlineData("$'rm' v")]
    [InlineData("coproc N { rm v; }")]
    [InlineData("/bin/rm v")]
    [InlineData("RM v")]
    [InlineData("\"r\"'m' v")]
    [InlineData("env X=1 rm v")]
    [InlineData("find . -exec /bin/rm {} +")]
    [InlineData("sudo sh -c 'cd /; rm v'")]
    [InlineData("eval rm v")]
    [InlineData("trap 'rm v' EXIT")]
    [InlineData("a=(b); rm v")]
    public void R10_A_denied_command_is_denied_however_it_is_written(string line)
    {
        Assert.Equal(Deny, Judge(line, NoRm));
        Assert.Equal(Ask, Judge(line, OnlyGit));
        Assert.Equal(Allow, Judge(line, Everything));
    }

    [Fact]
    public void R10_Forty_nested_substitutions_are_not_allowed_by_a_pattern()
    {
        var line = string.Concat(Enumerable.Repeat("git $(", 40)) + "rm v" + new string(')', 40);
        Assert.Equal(Deny, Judge(line, NoRm));
        Assert.Equal(Ask, Judge(line, OnlyGit));
    }

    [Theory]
    [InlineData("git status", Allow)]
    [InlineData("git log --oneline -5 && git \"diff\" 'HEAD~1'", Allow)]
    [InlineData("git log 2>&1 >/dev/null", Allow)]
    [InlineData("git show $x", Allow)]
    [InlineData("git status | head", Ask)]
    [InlineData("cd sub && git status", Ask)]
    [InlineData("PATH=$PWD/evil git status", Ask)]
    [InlineData("FOO=1 git status", Ask)]
    [InlineData("./git status", Ask)]
    [InlineData("timeout 5 git status", Ask)]
    [InlineData("git() { rm v; }; git status", Ask)]
    [InlineData("\"A\"=b", Ask)]
    [InlineData("git $'status'", Ask)]
    [InlineData("git status; }", Ask)]
    public void R10_A_pattern_allows_what_it_says_and_nothing_else(string line, PermissionAction expected) =>
        Assert.Equal(expected, Judge(line, OnlyGit));

    [Theory]
    [InlineData("git $x", Ask)]
    [InlineData("git \"$x\" origin", Ask)]
    [InlineData("git pus*", Ask)]
    [InlineData("git p{ush,ull}", Ask)]
    [InlineData("echo push | xargs git", Ask)]
    [InlineData("git \"$@\"", Ask)]
    [InlineData("git log $x", Allow)]
    [InlineData("git log *.cs", Allow)]
    [InlineData("git push $x", Deny)]
    [InlineData("git ${x} push", Ask)]
    public void R10_What_is_not_known_yet_may_be_what_a_rule_is_about(string line, PermissionAction expected) =>
        Assert.Equal(expected, Judge(line, Everything, new("bash", "git push *", Deny)));

    [Fact]
    public void R10_What_is_not_understood_needs_a_rule_for_everything_and_no_other()
    {
        const string line = "git status ${x@P}";
        Assert.Equal(Allow, Judge(line, Everything));
        Assert.Equal(Allow, Judge(line, Everything, new("bash", "rm *", Deny), new("bash", "*", Allow)));
        Assert.Equal(Allow, Judge(line, new("bash", "*", Ask), new("bash", line, Allow)));
        Assert.Equal(Ask, Judge(line, Everything, new("bash", "make *", Deny)));
        Assert.Equal(Ask, Judge(line, Everything, new("bash", "make *", Ask)));
        Assert.Equal(Ask, Judge(line, new PermissionRule("bash", "git *", Allow)));
        Assert.Equal(Ask, Judge(line, new PermissionRule("bash", "git status*", Allow)));
        Assert.Equal(Deny, Judge(line, Everything, new("bash", "git *", Deny)));
        Assert.Equal(Deny, Judge(line, new("bash", "*", Deny), new("bash", "git *", Allow)));
        Assert.Equal(Ask, Judge(line + " *", new PermissionRule("bash", "*", Ask), new PermissionRule("bash", line + " *", Allow)));
    }

    [Fact]
    public void R10_A_line_without_a_command_is_judged_by_its_text()
    {
        Assert.Equal(Deny, Judge("x=1", new PermissionRule("bash", "*", Deny)));
        Assert.Equal(Ask, Judge("[[ -f /etc/passwd ]]", OnlyGit));
    }

    [Fact]
    public void R10_The_rules_of_the_file_tools_hold_for_redirections()
    {
        PermissionRule[] rules = [Everything, new("edit", "secret/*", Deny), new("read", "*.env", Deny)];
        Assert.Equal(Deny, Judge("echo x > secret/key", rules));
        Assert.Equal(Deny, Judge("echo x 2>> \"secret\"/key", rules));
        Assert.Equal(Deny, Judge("{ git status; } &> secret/key", rules));
        Assert.Equal(Deny, Judge("mkdir -p secret && cd secret && echo x > key", rules));
        Assert.Equal(Deny, Judge("find . -fprint secret/list", rules));
        Assert.Equal(Deny, Judge("a=(x); echo x > secret/key", rules));
        Assert.Equal(Deny, Judge("cat < .env", rules));
        Assert.Equal(Deny, Judge("while read -r x; do echo \"$x\"; done < .env", rules));
        Assert.Equal(Ask, Judge("echo x > \"$f\"", rules));
        Assert.Equal(Allow, Judge("echo x > open; echo y >/dev/null 2>&1 <<<z", rules));
    }

    [Theory]
    [InlineData("echo x > ../out", Ask)]
    [InlineData("cd .. ; echo x > out", Ask)]
    [InlineData("cd ..", Ask)]
    [InlineData("(cd ..); echo x > out", Ask)]
    [InlineData("cd \"$d\" && echo x > out", Ask)]
    [InlineData("cd - && echo x > out", Ask)]
    [InlineData("pushd sub; echo x > out", Ask)]
    [InlineData("f() { cd ..; }; cd sub; f; echo x > out", Ask)]
    [InlineData("{ exit; } < none; echo x > ../out", Ask)]
    [InlineData("HOME=/x cd && echo x > out", Ask)]
    [InlineData("for d in a b; do cd $d; done", Ask)]
    [InlineData("sudo cat /etc/shadow", Ask)]
    [InlineData("cat ~/x", Ask)]
    [InlineData("rm $'a' /etc/x", Ask)]
    [InlineData("cat \"/etc/$x\"", Ask)]
    [InlineData("cd sub && echo x > out && cd .. && cat out", Allow)]
    [InlineData("cd sub || exit 1; echo x > ../out", Allow)]
    [InlineData("(cd sub && echo x > ../out); echo y > out", Allow)]
    [InlineData("cat sub/*", Allow)]
    public void R11_What_leads_outside_is_asked_for(string line, PermissionAction expected)
    {
        Assert.Equal(expected, Judge(line, Everything, new("external_directory", "*", Ask)));
        Assert.Equal(Allow, Judge(line, Everything));
    }

    [Fact]
    public void R11_A_link_is_judged_by_where_it_leads()
    {
        Directory.CreateSymbolicLink(Path.Combine(Root, "link"), _top);
        Assert.Equal(Deny, Judge("echo x > link/out", Everything, new("external_directory", "*", Deny)));
        Assert.Equal(Deny, Judge("cd link; echo x > out", Everything, new("external_directory", "*", Deny)));
    }

    [Fact]
    public void R10_Nothing_is_understood_for_a_shell_with_another_grammar()
    {
        var asks = BashPermissions.Asks("git status", Root, Root, Root, "/usr/bin/fish");
        Assert.Equal("a line for the shell fish (at character 1)", Assert.Single(asks).NotUnderstood);
        Assert.Null(Assert.Single(BashPermissions.Asks("git status", Root, Root, Root, "/bin/dash")).NotUnderstood);
        Assert.NotNull(BashPermissions.Asks("git status &>x", Root, Root, Root, "/bin/dash")[^1].NotUnderstood);
    }

    [Theory]
    [InlineData("git status --short | cat", "git status *,cat *")]
    [InlineData("eval rm v", "eval rm v")]
    [InlineData("eval rm *", "")]
    [InlineData("eval r\\m v", "")]
    [InlineData("'*' x", "")]
    [InlineData("cd \"$x\"", "cd *")]
    public void Always_offers_no_pattern_that_begins_with_a_wildcard(string line, string offered)
    {
        var always = BashPermissions.Asks(line, Root, Root, Root).Single(ask => ask.Permission == "bash").Always;
        Assert.Equal(offered, string.Join(',', always));
    }

    [Fact]
    public void R11_A_path_that_has_grown_too_long_to_be_looked_up_is_not_taken_for_harmless()
    {
        PermissionRule[] rules = [Everything, new("edit", "sub/*", Deny), new("external_directory", "*", Ask)];
        var here = string.Concat(Enumerable.Repeat("./", 1_500));
        Assert.NotEqual(Allow, Judge($"cd {here} && cd {here} && echo x > sub/f", rules));
        Assert.NotEqual(Allow, Judge($"cd {here}; cd {here}; cd sub; echo x > f", rules));
        Assert.Equal(Deny, Judge($"cd {here} && echo x > sub/f", rules));
    }

    [Theory]
    [InlineData("cd sub && echo x > /proc/self/cwd/f")]
    [InlineData("cd sub && echo x > /proc/thread-self/cwd/f")]
    [InlineData("exec 9<sub; echo x > /dev/fd/9/f")]
    [InlineData("cd sub && echo x > ../by-process/f")]
    [InlineData("HOME=$PWD/sub bash -c 'echo x > ~/f'")]
    [InlineData("HOME=sub bash -c 'cd ~ && echo x > f'")]
    [InlineData("env HOME=sub bash -c 'cd ~; echo x > f'")]
    [InlineData("env -i bash -c 'echo x > ~/f'")]
    [InlineData("sudo -u other sh -c 'echo x > ~/f'")]
    [InlineData("f() { echo x > ~/f; }; HOME=sub f")]
    public void R11_A_path_that_is_another_one_for_the_command_may_be_any(string line)
    {
        File.CreateSymbolicLink(Path.Combine(Root, "by-process"), "/proc/self/cwd");
        PermissionRule[] rules = [Everything, new("edit", "sub/*", Deny)];
        Assert.NotEqual(Allow, Judge(line, rules));
        Assert.Equal(Allow, Judge(line, Everything));
    }
}
