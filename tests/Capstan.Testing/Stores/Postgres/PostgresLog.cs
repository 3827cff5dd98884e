namespace Capstan.Testing.Stores.Postgres;

/// <summary>What the processes of a server have logged, and a way to wait for a line of it.</summary>
internal sealed class PostgresLog
{
    private const int Kept = 60;

    private readonly Lock _lock = new();
    private readonly Queue<string> _newest = new();
    private readonly List<(string Text, TaskCompletionSource Seen)> _waiting = [];

    /// <summary>The newest lines.</summary>
    public string Tail
    {
        get
        {
            lock (_lock)
                return string.Join('\n', _newest);
        }
    }

    public void Add(string line)
    {
        lock (_lock)
        {
            _newest.Enqueue(line);
            if (_newest.Count > Kept)
                _newest.Dequeue();
            foreach (var (_, seen) in _waiting.Where(waiting => line.Contains(waiting.Text, StringComparison.Ordinal)))
                seen.TrySetResult();
            _waiting.RemoveAll(static waiting => waiting.Seen.Task.IsCompleted);
        }
    }

    /// <summary>Ends with the next line that contains the text: ask before that which causes the line.</summary>
    public Task NextAsync(string text)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
            _waiting.Add((text, seen));
        return seen.Task;
    }
}
