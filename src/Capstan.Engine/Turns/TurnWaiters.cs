namespace Capstan.Engine.Turns;

/// <summary>The callers that await the turn of a prompt. Turns run and end whether or not a caller awaits them.</summary>
internal sealed class TurnWaiters
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<TaskCompletionSource<TurnResult>>> _waiting = [];

    /// <summary>
    /// Registers a caller that awaits the turn of a prompt. Call it before the prompt is admitted, so that the turn cannot end
    /// before.
    /// </summary>
    public TaskCompletionSource<TurnResult> Expect(string messageID)
    {
        var waiter = new TaskCompletionSource<TurnResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (!_waiting.TryGetValue(messageID, out var waiters))
                _waiting[messageID] = waiters = [];
            waiters.Add(waiter);
        }

        return waiter;
    }

    /// <summary>Removes a caller that awaits the turn no longer.</summary>
    public void Forget(string messageID, TaskCompletionSource<TurnResult> waiter)
    {
        lock (_lock)
        {
            if (_waiting.TryGetValue(messageID, out var waiters) && waiters.Remove(waiter) && waiters.Count == 0)
                _waiting.Remove(messageID);
        }
    }

    /// <summary>
    /// Tells the callers of a prompt that its turn has ended. Call it after the turn's last event is published.
    /// </summary>
    public void Complete(string messageID, TurnResult result)
    {
        List<TaskCompletionSource<TurnResult>>? waiters;
        lock (_lock)
            _waiting.Remove(messageID, out waiters);
        foreach (var waiter in waiters ?? [])
            waiter.TrySetResult(result);
    }

    /// <summary>Releases all callers, because the server stops.</summary>
    public void CompleteAll()
    {
        string[] all;
        lock (_lock)
            all = [.. _waiting.Keys];
        foreach (var messageID in all)
            Complete(messageID, new TurnResult(null));
    }
}
