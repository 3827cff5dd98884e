using System.Diagnostics;
using System.Globalization;
using Capstan.Bench.Client;
using Capstan.Bench.Measurements;
using Capstan.Bench.Model;
using Capstan.Bench.Processes;
using Capstan.Bench.Results;
using Capstan.Bench.Servers;
using Capstan.Testing.Stores.Postgres;

namespace Capstan.Bench;

/// <summary>
/// Takes each measurement of one server and then of the other, and prints what it found. While one is measured the other is halted.
/// </summary>
internal sealed class Benchmark(BenchOptions options)
{
    private readonly Scale _scale = options.Quick ? Scale.Quick : new Scale();

    /// <summary>Returns 0, or 1 when a figure could not be had.</summary>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var root = Path.Combine(Path.GetTempPath(), $"capstan-bench-{Environment.ProcessId}");
        var loadBefore = Machine.Load();
        if (options.Publish && options.CapstanDirectory is { } directory)
            await Publisher.PublishAsync(directory, cancellation);
        try
        {
            Directory.CreateDirectory(root);
            var diskBefore = DiskControl.Describe(root);
            await using var postgres = await StartPostgresAsync(cancellation);
            ServerLauncher[] launchers = [.. Launchers(postgres)];
            foreach (var launcher in launchers)
                launcher.Check();
            IReadOnlyList<(string Name, IReadOnlyList<Figure> Figures)> columns;
            await using (var model = await ModelProcess.StartAsync(cancellation))
                columns = await MeasureAsync(launchers, root, model.BaseUrl, cancellation);

            var report = $"{Machine.Describe()} Load before: {loadBefore}. 8 KiB and fdatasync before: {diskBefore}; after: {DiskControl.Describe(root)}.{(options.Quick ? " Quick run: few samples, and a tenth of the sessions and new files that the rows name." : "")}\n\n"
                + ResultTable.Write(Measurement.All.SelectMany(measurement => measurement.Rows), columns);
            Console.Write(report);
            if (options.MarkdownFile is { } file)
                await File.WriteAllTextAsync(file, report, cancellation);
            return columns.SelectMany(column => column.Figures).All(figure => figure.Value is not null) ? 0 : 1;
        }
        catch (FileNotFoundException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        finally
        {
            if (!options.Keep && Directory.Exists(root))
                Directory.Delete(root, recursive: true);
        }
    }

    private async Task<PostgresServer?> StartPostgresAsync(CancellationToken cancellation)
    {
        if (options.CapstanDirectory is null || !options.Stores.Contains(StoreKind.Postgres))
            return null;
        // A test's server is small. This one has room for what the rows write, as one that is set up for work has.
        return await PostgresServer.StartAsync(
            new PostgresServerOptions { Settings = new Dictionary<string, string> { ["shared_buffers"] = "512MB", ["max_wal_size"] = "1GB" } },
            cancellation);
    }

    private IEnumerable<ServerLauncher> Launchers(PostgresServer? postgres)
    {
        if (options.CapstanDirectory is { } capstan)
        {
            foreach (var store in options.Stores)
                yield return store == StoreKind.Sqlite ? new CapstanLauncher(capstan) : new CapstanOnPostgresLauncher(capstan, postgres!);
        }

        if (options.OpenCodeDirectory is { } opencode)
            yield return new OpenCodeLauncher(opencode);
    }

    private async Task<IReadOnlyList<(string Name, IReadOnlyList<Figure> Figures)>> MeasureAsync(
        ServerLauncher[] launchers, string root, Uri model, CancellationToken cancellation)
    {
        var subjects = Array.ConvertAll(launchers, launcher => (Subject: new Subject(launcher, root, model, _scale), Figures: new List<Figure>()));
        try
        {
            // Whoever is measured first finds the machine as the row before left it, so they take turns at it.
            var order = subjects.ToArray();
            foreach (var measurement in Measurement.All.Where(measurement => options.Measurements.Contains(measurement.Name)))
            {
                foreach (var (subject, figures) in order.Where(measured => measured.Subject.Takes(measurement)))
                {
                    subject.Resume();
                    figures.AddRange(await MeasureAsync(measurement, subject, cancellation));
                    subject.Pause();
                }

                Array.Reverse(order);
            }
        }
        finally
        {
            foreach (var (subject, _) in subjects)
                await subject.DisposeAsync();
        }

        return [.. subjects.Select(measured => ($"{measured.Subject.Name} {measured.Subject.Version}", (IReadOnlyList<Figure>)measured.Figures))];
    }

    private async Task<IReadOnlyList<Figure>> MeasureAsync(Measurement measurement, Subject subject, CancellationToken cancellation)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var taken = await TryAsync(measurement, subject, cancellation);
        await Console.Error.WriteLineAsync($"{subject.Name} {measurement.Name}: {Stopwatch.GetElapsedTime(startedAt).TotalSeconds:0.0} s");
        foreach (var figure in taken.Where(figure => figure.Value is not null))
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"    {figure.Row.Title}: {figure.Value:0.##} {figure.Row.Unit} ({figure.Samples})"));
        }

        return taken;
    }

    /// <summary>A measurement that fails costs its own rows only; the server that it may have broken is replaced.</summary>
    private async Task<IReadOnlyList<Figure>> TryAsync(Measurement measurement, Subject subject, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_scale.Limit);
        try
        {
            return await measurement.RunAsync(subject, limit.Token);
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            await subject.DisposeAsync();
            var reason = e is OperationCanceledException ? $"not done in {_scale.Limit.TotalSeconds:0} s" : e.Message;
            await Console.Error.WriteLineAsync($"{measurement.Name} failed: {reason}{LogTail(subject)}");
            return [.. measurement.Rows.Select(row => new Figure(row, null, $"failed: {reason}"))];
        }
    }

    private static string LogTail(Subject subject) => subject.Log is { } log && File.Exists(log)
        ? string.Concat(File.ReadLines(log).TakeLast(10).Select(line => $"\n    | {line}"))
        : "";
}
