namespace Capstan.Engine.Tools;

/// <summary>
/// Lets one tool call at a time change a file, whichever session the call is
/// from. Locks are by resolved path, and exist only while in use.
/// </summary>
internal sealed class FileLocks
{
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <summary>Takes the lock of a file, after any other call that has it; disposing the result frees the lock.</summary>
    public async Task<IDisposable> EnterAsync(string resolvedPath, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_entries)
        {
            if (!_entries.TryGetValue(resolvedPath, out entry!))
                _entries.Add(resolvedPath, entry = new Entry(this, resolvedPath));
            entry.Users++;
        }

        try
        {
            await entry.Turn.WaitAsync(cancellationToken);
            return entry;
        }
        catch (OperationCanceledException)
        {
            Leave(entry);
            throw;
        }
    }

    /// <summary>
    /// Takes the locks of several files, in one order for all calls, so that two calls never wait for each other. Disposing the result
    /// frees the locks.
    /// </summary>
    public async Task<IDisposable> EnterAllAsync(IEnumerable<string> resolvedPaths, CancellationToken cancellationToken)
    {
        var taken = new Taken();
        try
        {
            foreach (var path in resolvedPaths.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                taken.Add(await EnterAsync(path, cancellationToken));
            return taken;
        }
        catch (OperationCanceledException)
        {
            taken.Dispose();
            throw;
        }
    }

    private void Leave(Entry entry)
    {
        lock (_entries)
        {
            if (--entry.Users == 0)
                _entries.Remove(entry.Path);
        }
    }

    private sealed class Taken : List<IDisposable>, IDisposable
    {
        public void Dispose() => ForEach(static entry => entry.Dispose());
    }

    private sealed class Entry(FileLocks owner, string path) : IDisposable
    {
        public string Path => path;

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }

        public void Dispose()
        {
            Turn.Release();
            owner.Leave(this);
        }
    }
}
