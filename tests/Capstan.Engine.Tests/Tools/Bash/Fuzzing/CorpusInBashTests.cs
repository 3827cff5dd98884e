using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Xunit;

namespace Capstan.Engine.Tests.Tools.Bash.Fuzzing;

/// <summary>
/// The corpus of verdicts is judged by bash itself: what it calls allowed must do no harm, and what it calls an attack should be one.
/// Lines that name places outside the scratch directory are left out.
/// </summary>
public sealed partial class CorpusInBashTests(ITestOutputHelper output)
{
    [Fact]
    public void What_the_corpus_allows_does_no_harm_and_its_attacks_are_attacks()
    {
        var lines = CommandCorpus.Verdicts.Where(static one => !IsElsewhere(one.Line)).ToList();
        var wrong = new ConcurrentQueue<string>();
        var harmful = 0;
        Parallel.ForEach(
            Partitioner.Create(0, lines.Count, (lines.Count / Environment.ProcessorCount) + 1),
            range =>
            {
                using var shell = new ScratchShell();
                for (var i = range.Item1; i < range.Item2; i++)
                {
                    var (verdicts, written) = lines[i];
                    var line = written.Replace("«WORK»", shell.Workspace, StringComparison.Ordinal);
                    var effect = shell.Run(line);
                    if (effect.Removed || effect.Changed.Any(static path => path.StartsWith("cell/work/secret/", StringComparison.Ordinal)))
                    {
                        Interlocked.Increment(ref harmful);
                        if (verdicts[0] is 'a' or '.')
                            wrong.Enqueue($"the deny list's {verdicts[0]}: {CommandCorpus.Encode(line)}");
                    }

                    if (verdicts[1] is 'a' or '.'
                        && (effect.Removed || effect.Changed.Any(static path => !path.StartsWith("cell/work/out/", StringComparison.Ordinal))))
                    {
                        wrong.Enqueue($"the allow list's {verdicts[1]}: {CommandCorpus.Encode(line)}");
                    }
                }
            });
        output.WriteLine($"{harmful} of {lines.Count} lines do what a rule denies");
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
        Assert.True(harmful >= 234, $"only {harmful} lines do what a rule denies");
    }

    private static bool IsElsewhere(string line)
    {
        var rest = Inside().Replace(line, "");
        return rest.Contains('/', StringComparison.Ordinal) || rest.Contains('~', StringComparison.Ordinal)
            || rest.Contains("..", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"/dev/(null|stdin)|\b(src|out|secret)/[a-z.]*|\./[a-z]+")]
    private static partial Regex Inside();
}
