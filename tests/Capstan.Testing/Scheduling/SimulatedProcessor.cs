namespace Capstan.Testing.Scheduling;

/// <summary>
/// One processor for all processes of a simulation. Nothing runs unless it is told to, and of what could run next chance decides:
/// the same seed gives the same order of everything.
/// </summary>
/// <remarks>
/// <code>
///   await ──► ready ──(chance)──► runs on the caller's thread until its next await
///               │
///               └── its process was killed: dropped
/// </code>
/// </remarks>
public sealed class SimulatedProcessor(Random random)
{
    private readonly Lock _lock = new();
    private readonly List<(SimulatedProcess Process, Task Task)> _ready = [];

    /// <summary>How likely it is that the oldest task goes first and not any; 1 is a queue, 0 is chaos.</summary>
    public double Fairness { get; init; } = 0.5;

    /// <summary>How many tasks have run.</summary>
    public long Count { get; private set; }

    /// <summary>Runs one task.</summary>
    /// <returns>False where there is nothing to do.</returns>
    public bool RunOne()
    {
        (SimulatedProcess Process, Task Task) next;
        lock (_lock)
        {
            if (_ready.Count == 0)
                return false;
            var index = _ready.Count == 1 || random.NextDouble() < Fairness ? 0 : random.Next(_ready.Count);
            next = _ready[index];
            _ready.RemoveAt(index);
        }

        Count++;
        next.Process.Run(next.Task);
        return true;
    }

    /// <summary>Runs tasks until there are none.</summary>
    /// <param name="limit">More than this is a loop that never ends.</param>
    public void Settle(int limit = 100_000)
    {
        for (var i = 0; RunOne(); i++)
        {
            if (i >= limit)
                throw new InvalidOperationException($"After {limit} tasks there are still more: something goes round in circles.");
        }
    }

    /// <summary>
    /// Waits a moment for tasks that went astray onto the thread pool, as some of the library's combinators do, to come back. Before a
    /// simulation says that nothing will ever happen again, it asks here.
    /// </summary>
    /// <returns>Whether one came.</returns>
    public bool WaitForStragglers() => SpinWait.SpinUntil(
        () =>
        {
            lock (_lock)
                return _ready.Count > 0;
        },
        TimeSpan.FromMilliseconds(200));

    internal void Add(SimulatedProcess process, Task task)
    {
        lock (_lock)
            _ready.Add((process, task));
    }

    internal void Drop(SimulatedProcess process)
    {
        lock (_lock)
            _ready.RemoveAll(entry => entry.Process == process);
    }
}
