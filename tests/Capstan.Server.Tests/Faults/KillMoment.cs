namespace Capstan.Server.Tests.Faults;

/// <summary>The instant of a kill: after so many acknowledgements, or after so many events.</summary>
internal sealed class KillMoment(bool isEvent, Random chance)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = isEvent ? 1 + chance.Next(120) : 1 + chance.Next(8);

    public Task Reached => _reached.Task;

    public void TakeEvent()
    {
        if (isEvent && Interlocked.Decrement(ref _left) == 0)
            _reached.TrySetResult();
    }

    public void TakeAcknowledgement()
    {
        if (!isEvent && Interlocked.Decrement(ref _left) == 0)
            _reached.TrySetResult();
    }
}
