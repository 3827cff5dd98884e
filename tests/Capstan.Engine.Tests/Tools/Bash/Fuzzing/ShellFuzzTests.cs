using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Capstan.Contract;
using Capstan.Engine.Tools.Bash;
using Xunit;

namespace Capstan.Engine.Tests.Tools.Bash.Fuzzing;

/// <summary>
/// R10: no random command line does what the rules do not allow. Environment: <c>CAPSTAN_SHELL_FUZZ_LINES</c> how many (default
/// 2,000), <c>CAPSTAN_SHELL_FUZZ_SEED</c> only this one, <c>CAPSTAN_SHELL_FUZZ_FIRST</c> the first of them (default 1).
/// </summary>
public sealed class ShellFuzzTests(ITestOutputHelper output)
{
    private const int MostReports = 25;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(60);

    [Fact]
    public void R10_No_random_line_that_is_allowed_does_what_the_rules_forbid()
    {
        if (Setting("CAPSTAN_SHELL_FUZZ_SEED") is { } only)
        {
            output.WriteLine(CommandCorpus.Encode(ScriptGenerator.Line(only)));
            Assert.Empty(Play(new ShellFuzz(Real), only, 1).Found);
            return;
        }

        var count = Setting("CAPSTAN_SHELL_FUZZ_LINES") ?? 2_000;
        var clock = Stopwatch.StartNew();
        var (found, allowed) = Play(new ShellFuzz(Real), Setting("CAPSTAN_SHELL_FUZZ_FIRST") ?? 1, count);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} lines, {allowed} allowed and run, {clock.Elapsed.TotalSeconds:0} s"));
        Assert.True(found.Count == 0, string.Join('\n', found));
        Assert.True(allowed >= count / 10, $"only {allowed} of {count} lines were allowed by a set of rules: that tests nothing");
    }

    [Fact]
    public void A_good_part_of_the_random_lines_is_understood()
    {
        const int Count = 5_000;
        var lines = Enumerable.Range(1, Count).Select(ScriptGenerator.Line).ToList();
        var understood = lines.Count(static line => ShellScript.Read(line).IsUnderstood);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(double)understood / Count:P1} understood"));
        Assert.True(understood >= Count * 3 / 10, $"{understood} of {Count} lines were understood");
        // Most must hold what is forbidden, or an allowed line proves nothing.
        Assert.True(lines.Count(static line => line.Contains("rm", StringComparison.Ordinal)) >= Count / 2);
    }

    [Fact]
    public void A_judge_that_allows_everything_is_found_out()
    {
        var (found, _) = Play(new ShellFuzz(static (_, _, _) => PermissionAction.Allow, mostShrinks: 0), 1, 150);
        Assert.Contains(found, static report => report.Contains("rm ran", StringComparison.Ordinal));
        Assert.Contains(found, static report => report.Contains("was written", StringComparison.Ordinal));
    }

    [Fact]
    public void A_judge_that_only_looks_at_how_a_line_begins_is_found_out()
    {
        var (found, _) = Play(new ShellFuzz(static (_, line, _) =>
            line.StartsWith("rm", StringComparison.Ordinal) ? PermissionAction.Deny : PermissionAction.Allow, mostShrinks: 0), 1, 150);
        Assert.NotEmpty(found);
    }

    private static PermissionAction Real(RuleSet rules, string line, string workspace) => rules.Judge(line, workspace);

    private static (IReadOnlyCollection<string> Found, int Allowed) Play(ShellFuzz fuzz, int first, int count)
    {
        var found = new ConcurrentQueue<string>();
        var next = first - 1;
        var allowed = 0;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work) { IsBackground = true }).ToList();
        threads.ForEach(static thread => thread.Start());
        Assert.True(threads.TrueForAll(static thread => thread.Join(Patience)), $"The lines up to {next} did not end in time");
        return (found, allowed);

        void Work()
        {
            using var shell = new ScratchShell();
            for (var seed = Interlocked.Increment(ref next); seed < first + count; seed = Interlocked.Increment(ref next))
            {
                try
                {
                    if (fuzz.Try(seed, shell, out var sets) is { } report)
                        found.Enqueue(report);
                    Interlocked.Add(ref allowed, sets);
                }
                catch (Exception error)
                {
                    // A thread's exception would end the whole test program.
                    found.Enqueue($"CAPSTAN_SHELL_FUZZ_SEED={seed}: {error}");
                }

                if (found.Count >= MostReports)
                    return;
            }
        }
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
