using System.Collections.Frozen;
using Capstan.Contract;
using Xunit;

namespace Capstan.Engine.Tests.Tools.Bash;

/// <summary>
/// R10: what four sets of rules say of a thousand command lines. The verdicts were reasoned from bash's manual and from what bash
/// does, not recorded from the judge.
/// </summary>
public sealed class VerdictCorpusTests : IDisposable
{
    private static readonly FrozenDictionary<char, PermissionAction[]> Meanings = new Dictionary<char, PermissionAction[]>
    {
        ['a'] = [PermissionAction.Allow],
        ['?'] = [PermissionAction.Ask],
        ['d'] = [PermissionAction.Deny],
        ['x'] = [PermissionAction.Ask, PermissionAction.Deny],
        ['.'] = [PermissionAction.Allow, PermissionAction.Ask, PermissionAction.Deny],
    }.ToFrozenDictionary();

    private static readonly (string Name, RuleSet Rules)[] Sets =
    [
        ("deny list", new("""
            {
              "bash": { "*": "allow", "rm *": "deny", "git push *": "ask" },
              "edit": { "*": "allow", "secret/*": "deny" },
              "read": "allow",
              "external_directory": "ask"
            }
            """)),
        ("allow list", new("""
            {
              "bash": {
                "*": "ask", "git status *": "allow", "git log *": "allow", "ls *": "allow", "echo *": "allow", "cat *": "allow",
                "cd *": "allow", "grep *": "allow"
              },
              "edit": { "*": "ask", "out/*": "allow" },
              "read": "allow",
              "external_directory": "ask"
            }
            """)),
        ("everything", new("""{ "*": "allow" }""")),
        ("only git", new("""
            {
              "bash": { "*": "deny", "git *": "allow", "echo *": "allow", "cd *": "allow" },
              "edit": { "*": "deny", "out/*": "allow" },
              "read": "allow",
              "external_directory": "deny"
            }
            """)),
    ];

    private readonly string _top = Directory.CreateTempSubdirectory("capstan-verdicts-").FullName;
    private readonly string _workspace;

    public VerdictCorpusTests()
    {
        _workspace = Path.Combine(_top, "work");
        foreach (var directory in (string[])["src", "out/sub", "secret"])
            Directory.CreateDirectory(Path.Combine(_workspace, directory));
        Directory.CreateDirectory(Path.Combine(_top, "outside"));
        File.WriteAllText(Path.Combine(_workspace, "src/a.txt"), "text\n");
        File.CreateSymbolicLink(Path.Combine(_workspace, "into-secret"), "secret");
        File.CreateSymbolicLink(Path.Combine(_workspace, "escape"), "../outside");
    }

    [Fact]
    public void R10_Every_line_of_the_corpus_gets_its_verdict_from_each_set_of_rules()
    {
        var wrong = new List<string>();
        foreach (var (verdicts, written) in CommandCorpus.Verdicts)
        {
            var line = written.Replace("«WORK»", _workspace, StringComparison.Ordinal);
            for (var i = 0; i < Sets.Length; i++)
            {
                var verdict = Sets[i].Rules.Judge(line, _workspace);
                if (!Meanings[verdicts[i]].Contains(verdict))
                    wrong.Add($"{Sets[i].Name}: {verdict} instead of {verdicts[i]}: {CommandCorpus.Encode(line)}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} wrong verdicts:\n{string.Join('\n', wrong)}");
    }

    [Fact]
    public void The_corpus_is_of_a_size_and_of_both_kinds()
    {
        var lines = CommandCorpus.Verdicts;
        Assert.True(lines.Count >= 400, $"{lines.Count} lines");
        Assert.Equal(lines.Count, lines.Select(static one => one.Line).Distinct(StringComparer.Ordinal).Count());
        // A judge that refuses everything, or asks for everything, must not pass.
        Assert.True(lines.Count(static one => one.Verdicts[0] == 'a') >= 80);
        Assert.True(lines.Count(static one => one.Verdicts[1] == 'a') >= 60);
        Assert.True(lines.Count(static one => one.Verdicts[0] is 'd' or 'x') >= 234);
    }

    public void Dispose() => Directory.Delete(_top, recursive: true);
}
