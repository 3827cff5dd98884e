using System.Diagnostics;
using Capstan.Bench.Results;

namespace Capstan.Bench.Measurements;

/// <summary>Takes samples one after another, as many of each server, however long a slow one takes.</summary>
internal static class Sampler
{
    /// <summary>Runs <paramref name="sample"/> <paramref name="count"/> times.</summary>
    public static async Task RunAsync(int count, Func<int, Task> sample, CancellationToken cancellation)
    {
        for (var taken = 0; taken < count; taken++)
        {
            cancellation.ThrowIfCancellationRequested();
            await sample(taken);
        }
    }

    /// <summary>Takes samples of how long something lasts, in milliseconds.</summary>
    public static async Task<Percentiles> TimeAsync(int count, Func<int, Task> sample, CancellationToken cancellation)
    {
        var times = new List<double>(count);
        await RunAsync(count, async i =>
        {
            var sentAt = Stopwatch.GetTimestamp();
            await sample(i);
            times.Add(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds);
        }, cancellation);
        return new Percentiles(times);
    }
}
