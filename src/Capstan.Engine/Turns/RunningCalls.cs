using System.Collections.Concurrent;

namespace Capstan.Engine.Turns;

/// <summary>
/// The tool calls that have not returned. A turn that is stopped waits only a moment for its calls; the server waits for them before
/// it ends, because what ends their processes is in them.
/// </summary>
internal sealed class RunningCalls
{
    private readonly ConcurrentDictionary<Task, bool> _calls = new();

    /// <summary>Counts a call until it returns.</summary>
    public async Task TrackAsync(Task call)
    {
        _calls[call] = true;
        try
        {
            await call;
        }
        finally
        {
            _calls.TryRemove(call, out _);
        }
    }

    /// <summary>Returns when those that run now have returned, or the time is up.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider time) =>
        // How they end is their turns' matter, and the journal is closed by now.
        await Task.WhenAll(_calls.Keys).WaitAsync(limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
