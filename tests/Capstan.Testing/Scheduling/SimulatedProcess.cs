namespace Capstan.Testing.Scheduling;

/// <summary>
/// The tasks of one process. Whatever starts on it stays on it, across every <c>await</c>; killed, none of them goes on, and what they
/// would have done or said after that moment never happens.
/// </summary>
public sealed class SimulatedProcess(SimulatedProcessor processor) : TaskScheduler
{
    private readonly List<IDisposable> _owned = [];

    /// <summary>Whether it was not killed.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>Starts something.</summary>
    public Task Start(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    /// <summary>Notes what a system takes back from a process that ends, however it ends.</summary>
    /// <returns>The same.</returns>
    public T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }

    /// <summary>Kills it, as a signal does that cannot be caught.</summary>
    public void Kill()
    {
        IsAlive = false;
        processor.Drop(this);
        foreach (var resource in _owned)
            resource.Dispose();
        _owned.Clear();
    }

    internal void Run(Task task)
    {
        if (!IsAlive)
            return;
        // A context of the caller's, such as a test framework's, would draw what is awaited away from here.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        TryExecuteTask(task);
        SynchronizationContext.SetSynchronizationContext(context);
    }

    /// <inheritdoc/>
    protected override void QueueTask(Task task)
    {
        if (IsAlive)
            processor.Add(this, task);
    }

    /// <inheritdoc/>
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    /// <inheritdoc/>
    protected override IEnumerable<Task> GetScheduledTasks() => [];
}
