using Microsoft.Extensions.Logging;

namespace Capstan.Engine.Retention;

/// <summary>
/// Deletes old files of the data directory from time to time, beside everything else: nothing is held up by it.
/// </summary>
internal sealed class Housekeeping(IReadOnlyList<IRetention> rules, TimeProvider time, ILogger logger)
{
    // The first pass is not at the start, which has enough to do.
    private static readonly TimeSpan First = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Runs until it is told to stop.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            await Task.Delay(First, time, stopping);
            while (true)
            {
                foreach (var rule in rules)
                    await TidyAsync(rule, stopping);
                await Task.Delay(Interval, time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server ends.
        }
    }

    private async Task TidyAsync(IRetention rule, CancellationToken stopping)
    {
        try
        {
            await rule.ApplyAsync(stopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Log.NotTidied(logger, failure);
        }
    }
}
