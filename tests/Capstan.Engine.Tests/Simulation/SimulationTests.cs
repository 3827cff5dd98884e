using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>
/// Thousands of short histories of accepted work, crashes and bad luck, each made by its seed. Environment:
/// <c>CAPSTAN_SIMULATION_SEEDS</c> how many (default 10,000), <c>CAPSTAN_SIMULATION_SEED</c> only this one,
/// <c>CAPSTAN_SIMULATION_FIRST</c> the first of them (default 1).
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int MostReports = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task Whatever_happens_no_accepted_prompt_is_lost_and_no_turn_hangs()
    {
        await SimulatedWorkspace.Loaded;
        if (Setting("CAPSTAN_SIMULATION_SEED") is { } only)
        {
            var world = History.Run(only, isTraced: true);
            output.WriteLine($"seed {only}\n{world.Report}");
            Assert.False(world.IsViolated, $"seed {only}\n{world.Report}");
            return;
        }

        var first = Setting("CAPSTAN_SIMULATION_FIRST") ?? 1;
        var count = Setting("CAPSTAN_SIMULATION_SEEDS") ?? 10_000;
        var failures = new List<(int Seed, string Report)>();
        var clock = Stopwatch.StartNew();
        var next = first - 1;
        var done = 0;
        var accepted = 0;
        // Threads and not the pool: what goes astray onto the pool in a history must find it free.
        var threads = Enumerable.Range(0, Environment.ProcessorCount)
            .Select(_ => new Thread(Work) { IsBackground = true }).ToList();
        threads.ForEach(static thread => thread.Start());
        Assert.True(
            threads.TrueForAll(static thread => thread.Join(Patience)),
            $"Something goes round in circles without end; the latest seeds are up to {next}.");
        output.WriteLine($"{done} histories, {done / clock.Elapsed.TotalSeconds:0} a second");
        // A world in which everything is refused has no faults to show either.
        Assert.True(accepted >= done, $"Of {done} histories, prompts were accepted {accepted} times.");
        Assert.True(failures.Count == 0, string.Join("\n\n", failures.Select(static failure =>
            $"CAPSTAN_SIMULATION_SEED={failure.Seed}\n{failure.Report}")));

        void Work()
        {
            for (var seed = Interlocked.Increment(ref next); seed < first + count; seed = Interlocked.Increment(ref next))
            {
                var world = History.Run(seed);
                lock (failures)
                {
                    accepted += world.Prompts.Count(static prompt => prompt.Outcome == SentPrompt.Answer.Accepted);
                    if (++done % 2000 == 0)
                        TestContext.Current.SendDiagnosticMessage("{0} histories, {1:0} a second", done, done / clock.Elapsed.TotalSeconds);
                    if (world.IsViolated)
                        failures.Add((seed, world.Report));
                    if (failures.Count >= MostReports)
                        return;
                }
            }
        }
    }

    [Fact]
    public async Task The_same_seed_is_the_same_history()
    {
        await SimulatedWorkspace.Loaded;
        for (var seed = 1; seed <= 20; seed++)
            Assert.Equal(History.Run(seed, isTraced: true).Report, History.Run(seed, isTraced: true).Report);
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
