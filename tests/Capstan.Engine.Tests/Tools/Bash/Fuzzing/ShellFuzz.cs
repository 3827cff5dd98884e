using Capstan.Contract;

namespace Capstan.Engine.Tests.Tools.Bash.Fuzzing;

/// <summary>
/// Asks a judge about random lines, runs those that it allows, and looks whether something happened that the rules do not allow.
/// Lines that are asked about or denied need not run: nothing can be wrong with them.
/// </summary>
internal sealed class ShellFuzz(ShellFuzz.Judge judge, int mostShrinks = 400)
{
    private static readonly (string Name, RuleSet Rules, Func<ScratchEffect, string?> Violation)[] Sets =
    [
        ("deny list",
            new("""
                {
                  "bash": { "*": "allow", "rm *": "deny" }, "read": "allow",
                  "edit": { "*": "allow", "secret/*": "deny" }, "external_directory": "ask"
                }
                """),
            static effect => Found(effect, static path => path.StartsWith("cell/work/", StringComparison.Ordinal)
                && !path.StartsWith("cell/work/secret/", StringComparison.Ordinal))),
        ("allow list",
            new("""
                {
                  "bash": { "*": "ask", "git *": "allow", "echo *": "allow", "cat *": "allow", "cd *": "allow", "ls *": "allow" },
                  "read": "allow", "edit": { "*": "ask", "out/*": "allow" }, "external_directory": "ask"
                }
                """),
            static effect => Found(effect, static path => path.StartsWith("cell/work/out/", StringComparison.Ordinal))),
    ];

    public delegate PermissionAction Judge(RuleSet rules, string line, string workspace);

    /// <summary>What one line's seed found, or null.</summary>
    public string? Try(int seed, ScratchShell shell, out int allowed)
    {
        var line = ScriptGenerator.Line(seed);
        allowed = 0;
        foreach (var set in Sets)
        {
            if (judge(set.Rules, line, shell.Workspace) != PermissionAction.Allow)
                continue;
            allowed++;
            if (set.Violation(shell.Run(line)) is { } violation)
            {
                var shortest = Shrink(line, text => judge(set.Rules, text, shell.Workspace) == PermissionAction.Allow
                    && set.Violation(shell.Run(text)) is not null);
                return $"CAPSTAN_SHELL_FUZZ_SEED={seed}, {set.Name}: allowed, but {violation}: "
                    + $"{CommandCorpus.Encode(shortest)}\n    from: {CommandCorpus.Encode(line)}";
            }
        }

        return null;
    }

    private static string? Found(ScratchEffect effect, Func<string, bool> mayChange) =>
        effect.Removed ? "rm ran"
        : effect.Changed.FirstOrDefault(path => !mayChange(path)) is { } path ? $"{path} was written"
        : null;

    // Takes out ever smaller pieces as long as what is left still fails.
    private string Shrink(string line, Func<string, bool> fails)
    {
        var tries = 0;
        for (var size = line.Length / 2; size > 0; size = size == 1 ? 0 : size / 2)
        {
            for (var at = 0; at + size <= line.Length && tries < mostShrinks;)
            {
                var candidate = line.Remove(at, size);
                tries++;
                if (fails(candidate))
                    line = candidate;
                else
                    at += size;
            }
        }

        return line;
    }
}
