using System.Diagnostics;

namespace Capstan.Bench.Measurements;

/// <summary>Takes samples one after another.</summary>
internal static class Sampler
{
    /// <summary>
    /// Runs <paramref name="sample"/> <paramref name="count"/> times, or until the budget is spent, but at least once.
    /// </summary>
    public static async Task<int> RunAsync(
        int count, TimeSpan budget, Func<int, Task> sample, CancellationToken cancellation)
    {
        var startedAt = Stopwatch.GetTimestamp();
        var taken = 0;
        do
        {
            cancellation.ThrowIfCancellationRequested();
            await sample(taken++);
        }
        while (taken < count && Stopwatch.GetElapsedTime(startedAt) < budget);
        return taken;
    }

    /// <summary>Takes samples of how long something lasts, in milliseconds.</summary>
    public static async Task<List<double>> TimeAsync(
        int count, TimeSpan budget, Func<int, Task> sample, CancellationToken cancellation)
    {
        var times = new List<double>(count);
        await RunAsync(count, budget, async i =>
        {
            var sentAt = Stopwatch.GetTimestamp();
            await sample(i);
            times.Add(Stopwatch.GetElapsedTime(sentAt).TotalMilliseconds);
        }, cancellation);
        return times;
    }
}
