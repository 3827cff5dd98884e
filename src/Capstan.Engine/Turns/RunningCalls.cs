using System.Collections.Concurrent;

namespace Capstan.Engine.Turns;

/// <summary>
/// The tool calls that have not returned. A turn that is stopped gives its calls only a moment to return. The server gives them
/// longer before it ends, because the code that ends a call's processes runs within the call.
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

    /// <summary>Returns when the calls that run now have returned, or when <paramref name="limit"/> has passed.</summary>
    public async Task WaitAsync(TimeSpan limit, TimeProvider time) =>
        // Exceptions of the calls are dropped: each call stores how it ended, as long as the journal is open, and here it is
        // closed.
        await Task.WhenAll(_calls.Keys).WaitAsync(limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
