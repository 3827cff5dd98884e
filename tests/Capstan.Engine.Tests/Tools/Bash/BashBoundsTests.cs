using Capstan.Contract;
using Capstan.Engine.Tools.Bash;
using Xunit;
using static Capstan.Contract.PermissionAction;

namespace Capstan.Engine.Tests.Tools.Bash;

/// <summary>R9: command lines of a million characters. Apart from the other tests, because every mutant would be judged by them.</summary>
public sealed class BashBoundsTests : IDisposable
{
    private readonly string _top = Directory.CreateTempSubdirectory("capstan-bounds-").FullName;

    public BashBoundsTests() => Directory.CreateDirectory(Path.Combine(_top, "sub"));

    public void Dispose() => Directory.Delete(_top, recursive: true);

    [Fact]
    public void R9_Paths_that_only_grow_are_judged_within_bounds()
    {
        PermissionRule[] rules = [new("*", "*", Allow), new("edit", "sub/*", Deny), new("external_directory", "*", Ask)];
        foreach (var line in (string[])["cd a&&", ">a ", "cat <a;", "rm a ", "rm a;", "cd sub/..&&"])
            Assert.NotEqual(Allow, BashJudgement.Judge(string.Concat(Enumerable.Repeat(line, (1 << 20) / line.Length - 10)) + "ls", _top, _top, _top, rules).Action);
    }

    [Fact]
    public void Deep_nesting_is_not_understood_and_costs_nothing()
    {
        foreach (var sign in (string[])["$(", "${", "(", "{ ", "if ", "`", "$((", "[[ (", "\"$(", "! ", "f() { ", "do ", "sudo ", "bash -c '"])
            Assert.NotNull(ShellScript.Read(string.Concat(Enumerable.Repeat(sign, 100_000))).Reason);
        Assert.False(ShellScript.Read(string.Concat(Enumerable.Repeat("$(", 40)) + "rm v" + new string(')', 40)).IsUnderstood);
    }

    [Fact]
    public void A_line_of_a_million_characters_is_read_in_one_pass()
    {
        foreach (var piece in (string[])["a;", "a&&", "a|", "'a' ", "x=1 ", ">a ", "a\n", "\"$x\"", "$((1))", "{a", "{a}", "{a},", "a\\\nb", "# x\n"])
            Assert.NotNull(ShellScript.Read(string.Concat(Enumerable.Repeat(piece, 200_000)) + "z"));
    }
}
