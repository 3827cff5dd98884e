using System.Diagnostics;
using Capstan.Bench.Results;
using Capstan.Bench.Servers;

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

    /// <summary>
    /// Takes samples of how long something lasts, and of the processor time that it costs the server, with what trails behind its answer.
    /// </summary>
    /// <param name="subject">Says how long to wait for what trails behind.</param>
    /// <param name="server">The server that is asked.</param>
    /// <param name="warmUp">How many samples go before and are not counted: code that ran seldom is still slow.</param>
    /// <param name="count">How many samples are counted; processor time is known to 10 ms, so they must be many where they are short.</param>
    /// <param name="sample">Takes one.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<Price> PriceAsync(
        Subject subject, ServerProcess server, int warmUp, int count, Func<int, Task> sample, CancellationToken cancellation)
    {
        await RunAsync(warmUp, sample, cancellation);
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        var before = server.ProcessorTime();
        var times = await TimeAsync(count, sample, cancellation);
        await server.Tree.WaitUntilQuietAsync(subject.Scale.Rest, cancellation);
        return new Price(times, server.ProcessorTime().Since(before).Each(count));
    }
}
