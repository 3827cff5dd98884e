namespace Capstan.Engine.Turns;

/// <summary>Those who wait for the turn of a prompt to end. Waiting is optional: turns run and end without anyone here.</summary>
internal sealed class TurnWaiters
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<TaskCompletionSource<TurnResult>>> _waiting = [];

    /// <summary>Begins to wait for a prompt. Call it before the prompt is admitted, so that no end can come before.</summary>
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

    /// <summary>Waits no longer.</summary>
    public void Forget(string messageID, TaskCompletionSource<TurnResult> waiter)
    {
        lock (_lock)
        {
            if (_waiting.TryGetValue(messageID, out var waiters) && waiters.Remove(waiter) && waiters.Count == 0)
                _waiting.Remove(messageID);
        }
    }

    /// <summary>The turn of a prompt has ended, and its last event is published.</summary>
    public void Complete(string messageID, TurnResult result)
    {
        List<TaskCompletionSource<TurnResult>>? waiters;
        lock (_lock)
            _waiting.Remove(messageID, out waiters);
        foreach (var waiter in waiters ?? [])
            waiter.TrySetResult(result);
    }

    /// <summary>The server stops; nobody waits any longer.</summary>
    public void CompleteAll()
    {
        string[] all;
        lock (_lock)
            all = [.. _waiting.Keys];
        foreach (var messageID in all)
            Complete(messageID, new TurnResult(null));
    }
}
