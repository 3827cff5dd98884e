using System.CommandLine;
using Capstan.Bench.Measurements;
using Capstan.Bench.Model;
using Capstan.Bench.Servers;

namespace Capstan.Bench;

/// <summary>The command line.</summary>
internal static class BenchCommand
{
    private static readonly string[] Names = [.. Measurement.All.Select(measurement => measurement.Name)];

    /// <summary>Builds the root command.</summary>
    public static RootCommand Create()
    {
        var only = new Option<string?>("--only") { Description = "Measure one server alone.", HelpName = "capstan|opencode" };
        only.AcceptOnlyFromAmong("capstan", "opencode");
        var rows = new Option<string[]>("--rows")
        {
            Description = $"What to measure, separated by commas: {string.Join(", ", Names)}. All of it unless given.",
            HelpName = "a,b,c",
            CustomParser = result => result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries)).ToArray(),
        };
        rows.Validators.Add(result =>
        {
            foreach (var name in result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries)).Except(Names))
                result.AddError($"There is no measurement '{name}'; there are {string.Join(", ", Names)}.");
        });
        var store = new Option<StoreKind[]>("--store")
        {
            Description = "What Capstan keeps its sessions in; given twice, it has a column for each. The benchmark starts PostgreSQL itself.",
            HelpName = "sqlite|postgres",
            DefaultValueFactory = _ => [StoreKind.Sqlite],
        };
        var quick = new Option<bool>("--quick") { Description = "Few samples: a look, not a result." };
        var markdown = new Option<string?>("--markdown") { Description = "Write the report to this file too.", HelpName = "FILE" };
        var capstan = new Option<string>("--capstan")
        {
            Description = "Where Capstan is published.",
            HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("artifacts", "publish"),
        };
        var opencode = new Option<string>("--opencode")
        {
            Description = "Where OpenCode was installed with npm.",
            HelpName = "DIR",
            DefaultValueFactory = _ => Path.Combine("bench", "opencode"),
        };
        var publish = new Option<bool>("--publish") { Description = "Publish src/Capstan to the --capstan directory first." };
        var keep = new Option<bool>("--keep") { Description = "Keep the servers' homes and logs." };

        var root = new RootCommand("Drives Capstan and OpenCode in turn with the same requests against the same scripted model, "
            + "and prints the figures side by side. Run it in the repository's root. Progress goes to standard error.")
        {
            only, rows, store, quick, markdown, capstan, opencode, publish, keep,
        };
        root.SetAction((parsed, cancellation) =>
        {
            var chosen = parsed.GetValue(rows) is { Length: > 0 } names ? names : Names;
            return new Benchmark(new BenchOptions(
                parsed.GetValue(only) == "opencode" ? null : Path.GetFullPath(parsed.GetValue(capstan)!),
                parsed.GetValue(only) == "capstan" ? null : Path.GetFullPath(parsed.GetValue(opencode)!),
                [.. parsed.GetValue(store)!.Distinct()], parsed.GetValue(publish), chosen, parsed.GetValue(quick), parsed.GetValue(markdown), parsed.GetValue(keep)))
                .RunAsync(cancellation);
        });

        var model = new Command("model", "Serve the scripted model until standard input closes. The benchmark starts this itself.");
        model.SetAction(async (_, cancellation) =>
        {
            using var closed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var serving = ScriptedModel.RunAsync(closed.Token);
            await Task.WhenAny(serving, Console.In.ReadToEndAsync(cancellation));
            await closed.CancelAsync();
            await serving;
            return 0;
        });
        root.Subcommands.Add(model);
        return root;
    }
}
