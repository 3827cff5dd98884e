using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Capstan.Bench.Results;

namespace Capstan.Bench.Processes;

/// <summary>
/// What the disk takes to make 8 KiB durable. Whatever a server acknowledges waits for this at least once, so figures of two runs
/// compare only where this does.
/// </summary>
internal static partial class DiskControl
{
    private const int Writes = 200;

    /// <summary>Writes a file in the directory over and over, each time followed by fdatasync(2), and deletes it.</summary>
    /// <returns>The times in milliseconds, the write included.</returns>
    public static Percentiles Measure(string directory)
    {
        var path = Path.Combine(directory, "fdatasync");
        var block = new byte[8 * 1024];
        var times = new List<double>(Writes);
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose))
        {
            // The first write makes the file longer, which is more to make durable than the bytes.
            for (var i = 0; i <= Writes; i++)
            {
                Random.Shared.NextBytes(block);
                var startedAt = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, block, 0);
                if (SyncData(file) != 0)
                    throw new IOException($"fdatasync: {Marshal.GetLastPInvokeErrorMessage()}");
                if (i > 0)
                    times.Add(Stopwatch.GetElapsedTime(startedAt).TotalMilliseconds);
            }
        }

        return new Percentiles(times);
    }

    /// <summary>Measures, and says the result in words.</summary>
    public static string Describe(string directory)
    {
        var times = Measure(directory);
        return string.Create(CultureInfo.InvariantCulture, $"p50 {times.Median:0.00}, p99 {times.At(99):0.00} ms");
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(SafeHandle file);
}
