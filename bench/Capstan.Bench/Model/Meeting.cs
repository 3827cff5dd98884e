namespace Capstan.Bench.Model;

/// <summary>Where answers wait for each other, so that as many turns run at once as the prompts say.</summary>
internal sealed class Meeting
{
    /// <summary>A server that does not run so many turns at once must end them all the same.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private TaskCompletionSource _open = New();
    private int _waiting;

    /// <summary>Returns once so many have come, or when nobody has to be waited for any longer.</summary>
    public Task WaitAsync(int count, CancellationToken cancellation)
    {
        Task together;
        lock (_gate)
        {
            together = _open.Task;
            if (++_waiting >= count)
            {
                _open.SetResult();
                _open = New();
                _waiting = 0;
            }
        }

        return Task.WhenAny(together, Task.Delay(Patience, cancellation));
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
