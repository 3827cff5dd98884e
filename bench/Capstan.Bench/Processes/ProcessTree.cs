using System.Globalization;

namespace Capstan.Bench.Processes;

/// <summary>A process and all that came from it, read from <c>/proc</c>.</summary>
internal sealed class ProcessTree(int root)
{
    /// <summary>The kernel's USER_HZ, which is 100 on every Linux that .NET runs on.</summary>
    private const double MillisecondsPerTick = 10;

    /// <summary>
    /// Processor time used so far, user and system, in milliseconds, to the nearest 10 ms. Children that ended and were waited
    /// for are in their parent's figures.
    /// </summary>
    public double ProcessorMilliseconds() => Members().Sum(stat => stat.Ticks) * MillisecondsPerTick;

    /// <summary>Resident memory in bytes, the sum over the tree; pages shared within the tree count once for each process.</summary>
    public long ResidentBytes() => Members().Sum(stat => Resident(stat.Id));

    /// <summary>The most memory in bytes that was resident since <see cref="ForgetPeak"/>, the sum over the tree.</summary>
    public long PeakBytes() => Members().Sum(stat => Field(stat.Id, "status", "VmHWM:") * 1024);

    /// <summary>Begins a new count of the most that is resident (proc(5), clear_refs).</summary>
    public void ForgetPeak()
    {
        foreach (var stat in Members())
            File.WriteAllText($"/proc/{stat.Id}/clear_refs", "5");
    }

    /// <summary>How many processes there are.</summary>
    public int Count() => Members().Count;

    /// <summary>Bytes that the tree has caused to be written to disk.</summary>
    public long WrittenBytes() => Members().Sum(stat => Field(stat.Id, "io", "write_bytes:"));

    /// <summary>Stops the tree's clock hands (SIGSTOP): it takes no processor time until <see cref="Resume"/>.</summary>
    public void Pause() => Signals.SendAll(Members().Select(stat => stat.Id), Signals.Stop);

    /// <summary>Lets the tree go on (SIGCONT).</summary>
    public void Resume() => Signals.SendAll(Members().Select(stat => stat.Id), Signals.Continue);

    /// <summary>Waits until the tree rests (under 20 ms of work in 400 ms), but no longer than <paramref name="limit"/>.</summary>
    public async Task WaitUntilQuietAsync(TimeSpan limit, CancellationToken cancellation)
    {
        var interval = TimeSpan.FromMilliseconds(400);
        var before = ProcessorMilliseconds();
        for (var waited = TimeSpan.Zero; waited < limit; waited += interval)
        {
            await Task.Delay(interval, cancellation);
            var now = ProcessorMilliseconds();
            if (now - before < 20)
                return;
            before = now;
        }
    }

    private List<ProcessStat> Members()
    {
        var all = new List<ProcessStat>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && ProcessStat.TryRead(id) is { } stat)
                all.Add(stat);
        }

        var children = all.ToLookup(stat => stat.ParentId);
        var members = all.Where(stat => stat.Id == root).ToList();
        for (var i = 0; i < members.Count; i++)
            members.AddRange(children[members[i].Id]);
        return members;
    }

    // smaps_rollup is exact; the counters in stat and status lag behind by some pages for each thread.
    private static long Resident(int id) => Field(id, "smaps_rollup", "Rss:") * 1024;

    private static long Field(int id, string file, string name)
    {
        try
        {
            foreach (var line in File.ReadLines($"/proc/{id}/{file}"))
            {
                if (line.StartsWith(name, StringComparison.Ordinal))
                    return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
            }
        }
        catch (IOException)
        {
            // It ended between the listing and the reading.
        }

        return 0;
    }
}
